print("attendance-sync")
