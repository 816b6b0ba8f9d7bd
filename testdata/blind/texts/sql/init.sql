ADD JAR '/opt/flink/lib/flink-connector-jdbc.jar';
SET 'table.exec.state.ttl' = '1 h';
SET 'fs.s3a.access.key' = '⟦id:a⟧';
SET 'fs.s3a.secret.key' = '⟦key:a⟧';
SET fs.azure.account.key.acme.dfs.core.windows.net = '⟦azkey⟧';
SET 'pipeline.global-job-parameters' = 'db.password:⟦gen⟧,env:prod';
SET 'security.ssl.rest.key-password' = '⟦gen⟧';
USE CATALOG default_catalog;
CREATE FUNCTION mask AS 'com.acme.PasswordMask' LANGUAGE JAVA;
