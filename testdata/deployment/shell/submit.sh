#!/usr/bin/env bash
set -euo pipefail
export AWS_ACCESS_KEY_ID=AKIAXREEPCCDEXP6WJNL
export AWS_SECRET_ACCESS_KEY="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"
DB_PASSWORD='Ember-bhwf22'
: "${KAFKA_PASSWORD:=Bramble-OGfI75}"
API_PASSWORD=$(aws secretsmanager get-secret-value --secret-id orders/api --query SecretString --output text)
read -r -s -p "Password: " MY_PASSWORD
PGPASSWORD=Prairie.urFW86 psql -h orders-db.acme.io -c 'select 1'
flink run -Ds3.secret-key=NM2UldV7P1G9mL9ACQk+b78tW7regRHxspb2y3l7 orders.jar --db-password "$DB_PASSWORD" --api-password Cedar-6tRL59
curl -H "Authorization: Bearer THo5OdUeePxLwnRJyqpqKnSD6atqgkiucv8mA5lj" https://api.acme.io/v1/orders
sshpass -p 'Violet-FEew21' scp orders.jar deploy@acme.io:
