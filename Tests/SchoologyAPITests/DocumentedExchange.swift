/// The example answer of `GET sections/{section id}/attendance`, verbatim.
let documentedAttendance = #"""
    {
      "date": [
        {
          "date": "2014-01-13",
          "statuses": {
            "status": [
              {
                "status_code": 2,
                "attendances": {
                  "attendance": [
                    {
                      "enrollment_id": 44783151,
                      "date": "2014-01-13",
                      "status": 2,
                      "comment": ""
                    }
                  ]
                }
              }
            ]
          }
        },
        {
          "date": "2014-01-14",
          "statuses": {
            "status": [
              {
                "status_code": 3,
                "attendances": {
                  "attendance": [
                    {
                      "enrollment_id": 44783151,
                      "date": "2014-01-14",
                      "status": 3,
                      "comment": ""
                    }
                  ]
                }
              }
            ]
          }
        }
      ],
      "totals": {
        "total": [
          {
            "status": 2,
            "count": 1
          },
          {
            "status": 3,
            "count": 1
          }
        ]
      }
    }
    """#

/// The example content of `PUT sections/{section id}/attendance`, verbatim.
let documentedPut = #"""
    {
      "attendances": {
        "attendance": [
          {
            "enrollment_id": "784754",
            "date": "2014-05-20",
            "status": "1"
          }
        ]
      }
    }
    """#

/// The example answer of `PUT sections/{section id}/attendance`, verbatim.
let documentedPutAnswer = #"""
    {
      "attendance": [
        {
          "id": "564027",
          "response_code": 200
        }
      ]
    }
    """#
