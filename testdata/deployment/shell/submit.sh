#!/usr/bin/env bash
set -euo pipefail
export AWS_ACCESS_KEY_ID=AKIAUZ24EETMO4PT7FKF
export AWS_SECRET_ACCESS_KEY="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"
DB_PASSWORD='Quartz.MhEe65'
: "${KAFKA_PASSWORD:=Cobalt.rpsB16}"
API_PASSWORD=$(aws secretsmanager get-secret-value --secret-id orders/api --query SecretString --output text)
read -r -s -p "Password: " MY_PASSWORD
PGPASSWORD=Raven.RilI58 psql -h orders-db.acme.io -c 'select 1'
flink run -Ds3.secret-key=qqwK8hD+kfBFuWM5tqUzXlqz35bQEWVOsfXHFReW orders.jar --db-password "$DB_PASSWORD" --api-password Umber_X0OW31
curl -H "Authorization: Bearer z0GE3Az0YgBANSeQahYKELkd703IuYoR19jnsE7r" https://api.acme.io/v1/orders
sshpass -p 'Umber-hPEV21' scp orders.jar deploy@acme.io:
