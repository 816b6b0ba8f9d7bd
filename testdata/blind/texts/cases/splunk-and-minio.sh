curl -H "Authorization: Splunk ⟦uuid⟧" https://splunk:8088/services/collector
mc alias set prod https://minio.prod orders ⟦alnum40⟧
