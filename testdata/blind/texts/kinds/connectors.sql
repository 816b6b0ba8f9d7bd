CREATE TABLE a (id INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://db.acme.internal/a', 'username' = 'svc', 'password' = '⟦letters24⟧');
CREATE TABLE b (id INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://db.acme.internal/b', 'username' = 'svc', 'password' = '⟦four16⟧');
CREATE TABLE c (id INT) WITH ('connector' = 'mongodb-cdc', 'hosts' = 'm.acme.internal:27017', 'username' = 'svc', 'password' = '⟦phrase⟧');
CREATE TABLE d (id INT) WITH ('connector' = 'mysql-cdc', 'hostname' = 'db.acme.internal', 'username' = 'svc', 'password' = '⟦edges12⟧');
CREATE TABLE e (id INT) WITH ('connector' = 'http', 'url' = 'https://api.acme.io', 'gid.connector.http.source.lookup.header.Authorization' = 'Bearer ⟦alnum20⟧');
