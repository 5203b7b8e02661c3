/// The example response of the Attendance Data API Overview, verbatim.
let documentedAttendance = #"""
    {
    "data": [
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "tardy",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodej0c",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e8a",
    "sis_id": "sisideOrct",
    "student_id": "67f421692eda0e3fa1880e53"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "absent",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodePnc",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e8d",
    "sis_id": "sisid61jN5",
    "student_id": "67f421692eda0e3fa1880e53"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "tardy",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodesCy",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e90",
    "sis_id": "sisidF85Lw",
    "student_id": "67f421692eda0e3fa1880e53"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "present",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodeaLN",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e93",
    "sis_id": "sisidS2HMn",
    "student_id": "67f421692eda0e3fa1880e53"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "tardy",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodeNS3",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e96",
    "sis_id": "sisid3yIve",
    "student_id": "67f421692eda0e3fa1880e53"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "tardy",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodeWvO",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e99",
    "sis_id": "sisidbAEmT",
    "student_id": "67f421692eda0e3fa1880e53"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "present",
    "attendance_type": "daily",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodeiwm",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "sis_id": "sisidViZIL",
    "student_id": "67f421692eda0e3fa1880e54"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "absent",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodeu0j",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e8c",
    "sis_id": "sisidVn1bs",
    "student_id": "67f421692eda0e3fa1880e54"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "absent",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodeC2f",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e8f",
    "sis_id": "sisidaqgtl",
    "student_id": "67f421692eda0e3fa1880e54"
    },
    {
    "attendance_date": "2025-04-01",
    "attendance_status": "absent",
    "attendance_type": "section",
    "created": "2025-04-08T23:45:50.000Z",
    "district_id": "67f420226197b96bc273ed3d",
    "excuse_code": "excusecodepGA",
    "last_modified": "2025-04-08T23:45:50.000Z",
    "school_id": "67f421692eda0e3fa1880e4f",
    "section_id": "67f421692eda0e3fa1880e92",
    "sis_id": "sisid4HxwA",
    "student_id": "67f421692eda0e3fa1880e54"
    }
    ],
    "links": [
    {
    "rel": "self",
    "uri": "/v3.1/attendance/schools/67f421692eda0e3fa1880e4f?date_range_start=2025-04-01&date_range_end=2025-04-01&limit=10&starting_after=MjAyNS0wNC0wMV82N2Y0MjE2OTJlZGEwZTNmYTE4ODBlNTNfMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwXzY3ZjQyMTY5MmVkYTBlM2ZhMTg4MGU0Zg=="
    },
    {
    "rel": "next",
    "uri": "/v3.1/attendance/schools/67f421692eda0e3fa1880e4f?date_range_start=2025-04-01&date_range_end=2025-04-01&limit=10&starting_after=MjAyNS0wNC0wMV82N2Y0MjE2OTJlZGEwZTNmYTE4ODBlNTRfNjdmNDIxNjkyZWRhMGUzZmExODgwZTkyXzY3ZjQyMTY5MmVkYTBlM2ZhMTg4MGU0Zg=="
    },
    {
    "rel": "prev",
    "uri": "/v3.1/attendance/schools/67f421692eda0e3fa1880e4f?date_range_start=2025-04-01&date_range_end=2025-04-01&limit=10&ending_before=MjAyNS0wNC0wMV82N2Y0MjE2OTJlZGEwZTNmYTE4ODBlNTNfNjdmNDIxNjkyZWRhMGUzZmExODgwZThhXzY3ZjQyMTY5MmVkYTBlM2ZhMTg4MGU0Zg=="
    }
    ]
    }
    """#
