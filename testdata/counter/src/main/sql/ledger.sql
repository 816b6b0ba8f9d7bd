-- The password comes from the catalog: never write one here.
CREATE TABLE users (
  id BIGINT,
  password STRING,
  password_hash VARCHAR(128) NOT NULL,
  api_key STRING COMMENT 'key of the API, hashed',
  access_token STRING METADATA FROM 'token',
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:postgresql://db.acme.io:5432/ledger',
  'username' = '${DB_USER}',
  'password' = '${DB_PASSWORD}'
);
CREATE TABLE orders (id BIGINT) WITH (
  'connector' = 'kafka',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="${KAFKA_USER}" password="${KAFKA_PASSWORD}";',
  'properties.ssl.truststore.password' = '${secret_values.truststore-password}',
  'value.avro-confluent.basic-auth.user-info' = '{{ sr_user }}:{{ sr_password }}'
);
CREATE TABLE sink (id BIGINT) WITH ('connector' = 'elasticsearch-7', 'password' = '<password>', 'username' = '<user>');
SET 's3.secret-key' = '${S3_SECRET_KEY}';
CREATE USER reader WITH PASSWORD :'reader_password';
ALTER USER reader IDENTIFIED BY '&1';
INSERT INTO audit SELECT id, 'password changed', CURRENT_TIMESTAMP FROM users WHERE password IS NOT NULL;
SELECT id, CASE WHEN token IS NULL THEN 'no token' ELSE 'token' END AS token_state FROM users WHERE password = ?;
UPDATE users SET password = NULL, access_token = '' WHERE id = 7;
