#!/bin/sh
kubectl create secret generic orders --from-literal=db-password='Juniper-mCPo23' --from-literal=api-password="$API_PASSWORD"
docker run -d -e POSTGRES_PASSWORD=Tundra_brx863 --env REDIS_PASSWORD=Willow_twgt60 postgres:16
helm upgrade orders ./chart --set postgresql.auth.password=Dahlia-9tmQ25 --set-string kafka.password="Violet_Okv854"
aws configure set aws_secret_access_key Y+6kmcSoqUAJ2Q3CFk1N5KgSS5EbgkPjGUGJkHvF
psql "postgresql://orders:Cobalt_HZBL42@orders-db.acme.io/orders"
flink run -Dsecurity.ssl.internal.keystore-password=Willow-kHWV55 -Dapi.password="$API_PASSWORD" orders.jar
if [ "$DB_PASSWORD" != "password" ]; then echo "password is set"; fi
