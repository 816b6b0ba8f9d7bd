#!/usr/bin/env bash
set -euo pipefail
export AWS_ACCESS_KEY_ID=⟦id:a⟧
export AWS_SECRET_ACCESS_KEY="⟦key:a⟧"
DB_PASSWORD='⟦strong⟧'
: "${KAFKA_PASSWORD:=⟦gen⟧}"
API_TOKEN=${API_TOKEN:-⟦alnum40⟧}
read -rsp "Password: " password
TOKEN=$(aws secretsmanager get-secret-value --secret-id prod/token --query SecretString --output text)
flink run -d -D s3.access-key=⟦id:b⟧ -D s3.secret-key=⟦key:b⟧ -Dsecurity.ssl.rest.key-password=⟦gen⟧ \
  -c com.acme.Orders orders.jar --kafka.password ⟦gen⟧ --db-password=⟦plain⟧ --api-key "⟦alnum32⟧"
spark-submit --conf spark.hadoop.fs.s3a.access.key=⟦id:c⟧ --conf spark.hadoop.fs.s3a.secret.key=⟦key:c⟧ job.py
mysql -h db.acme.internal -u root -p⟦gen⟧ orders < schema.sql
mysql --user=root --password=⟦gen⟧ -e 'select 1'
PGPASSWORD=⟦pw⟧ psql -h pg.acme.internal -U o
curl -s -u "admin:⟦gen⟧" https://es.acme.io/_cat
curl -H "Authorization: Bearer ⟦alnum40⟧" -H 'X-Api-Key: ⟦alnum32⟧' https://api.acme.io
sshpass -p '⟦gen⟧' ssh deploy@host
redis-cli -h cache.acme.internal -a ⟦gen⟧ ping
mongo "mongodb://root:⟦gen⟧@mongo.acme.internal/admin"
kafka-console-consumer --consumer-property sasl.jaas.config='org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="⟦gen⟧";'
cat > /etc/flink/conf.yaml <<CONF
s3.access-key: ⟦id:d⟧
s3.secret-key: ⟦key:d⟧
CONF
cat <<'XML' > core-site.xml
<property><name>fs.s3a.secret.key</name><value>⟦key:e⟧</value></property>
XML
aws configure set aws_access_key_id ⟦id:f⟧ --profile x
aws configure set aws_secret_access_key ⟦key:f⟧ --profile x
docker login -u ci -p ⟦gen⟧ registry.acme.io
echo "$P" | docker login --username ci --password-stdin registry.acme.io
keytool -importkeystore -srcstorepass ⟦gen⟧ -deststorepass ⟦plain⟧ -srckeystore a.jks
openssl pkcs12 -in x.p12 -passin pass:⟦gen⟧ -nodes
kubectl create secret generic db --from-literal=password=⟦gen⟧ --from-literal=user=o
helm upgrade --install orders . --set db.password=⟦gen⟧,image.tag=1.0 --set-string kafka.token=⟦alnum40⟧
ldapsearch -D cn=x -w ⟦gen⟧ -H ldap://ldap.acme.io
export JAVA_TOOL_OPTIONS="-Dsasl.password=⟦gen⟧"
az storage blob list --account-name acme --account-key ⟦azkey⟧
mvn deploy -Dnexus.password=⟦gen⟧ -DskipTests
git clone https://oauth2:⟦alnum24⟧@git.acme.io/x.git
grep -q 'password=' file && echo "password is set" || exit 1
if [ -z "$DB_PASSWORD" ]; then echo "DB_PASSWORD must be set" >&2; exit 1; fi
