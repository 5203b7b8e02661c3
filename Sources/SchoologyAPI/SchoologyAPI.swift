// SchoologyAPI
