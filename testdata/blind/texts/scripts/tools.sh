openssl enc -aes-256-cbc -pass pass:⟦gen⟧ -in a -out b
openssl enc -aes-256-cbc -pass env:PASS -in a -out b
zip -r -P ⟦gen⟧ backup.zip data
zip -r backup.zip app
export SSHPASS=⟦gen⟧
sshpass -e ssh deploy@db.acme.internal
expect -c 'spawn ssh deploy@db; expect "password:"; send "⟦gen⟧\r"; interact'
sqlplus -s svc/⟦gen⟧@//db.acme.internal:1521/ORCL @load.sql
sed -e "s/@USER@/svc/" -e "s/@PASSWORD@/⟦gen⟧/" app.tmpl > app.conf
