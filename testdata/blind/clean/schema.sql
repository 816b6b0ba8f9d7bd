CREATE TABLE users (
  id BIGINT PRIMARY KEY,
  password VARCHAR(255) NOT NULL DEFAULT '',
  password_hash CHAR(60) COMMENT 'bcrypt hash of the password',
  api_token UUID DEFAULT gen_random_uuid(),
  secret BYTEA,
  access_key TEXT CHECK (length(access_key) = 20)
);
COMMENT ON COLUMN users.password IS 'Password of the user';
INSERT INTO settings (name, value) VALUES ('password.min.length', '12'), ('token.ttl', '3600');
CREATE TABLE src (id INT) WITH ('connector' = 'jdbc', 'password' = '${DB_PASSWORD}', 'username' = '${DB_USER}');
CREATE TABLE k (id INT) WITH ('connector' = 'kafka', 'properties.sasl.jaas.config' = 'software.amazon.msk.auth.iam.IAMLoginModule required;');
CREATE TABLE h (id INT) WITH ('connector'='hudi','password'='{{ env_var("PW") }}', 'token' = '<token>');
UPDATE users SET password = crypt('x', gen_salt('bf')) WHERE id = 1;
