set AWS_ACCESS_KEY_ID=⟦id:a⟧
set AWS_SECRET_ACCESS_KEY=⟦key:a⟧
setx DB_PASSWORD "⟦gen⟧"
set "KAFKA_PASSWORD=⟦gen⟧"
