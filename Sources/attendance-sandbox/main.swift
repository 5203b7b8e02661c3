print("attendance-sandbox")
