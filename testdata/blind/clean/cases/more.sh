docker buildx build --secret id=maven,src=$HOME/.m2/settings.xml .
: "${DB_PASSWORD:?set it}" "${API_TOKEN:+given}"
OLD_PWD=`pwd`
sed -i 's/password: .*/password: changed later/' a.yaml
curl -u "$USER:$PASSWORD" https://x
keytool -help | grep -- -storepass option
