#!/usr/bin/env bash
# usage: submit.sh --password PASSWORD [--token TOKEN]
set -euo pipefail
: "${DB_PASSWORD:?DB_PASSWORD is not set}"
API_TOKEN=${API_TOKEN:-}
PASSWORD=$(aws secretsmanager get-secret-value --secret-id prod/ledger/db --query SecretString --output text)
SECRET_KEY=`cat /run/secrets/secret_key`
read -r -s -p "Password: " PASSWORD
PASSWORD_FILE=/run/secrets/password
export AWS_SECRET_ACCESS_KEY="$SECRET_KEY" PGPASSWORD="$PASSWORD"
while [ $# -gt 0 ]; do
  case "$1" in
    --password) PASSWORD="$2"; shift 2 ;;
    --token=*) TOKEN="${1#*=}"; shift ;;
  esac
done
if [ "$PASSWORD" = "password" ] || [ -z "$TOKEN" ]; then echo "password: choose another one" >&2; exit 2; fi
openssl rand -base64 24 > password.txt
echo "password=$PASSWORD" | sed 's/password=.*/password=****/'
sshpass -e ssh ledger@acme.io
docker login -u ci --password-stdin registry.acme.io <<< "$REGISTRY_PASSWORD"
curl -s -H "Authorization: Bearer $TOKEN" -u "$USER:$PASSWORD" https://api.acme.io/v1/token
mysql -u ledger -p"$PASSWORD" ledger
flink run -d ledger.jar --db-password "$PASSWORD" --api-key ${API_KEY} -Ds3.secret-key=$SECRET_KEY
