CREATE TABLE t (id INT) WITH ('connector'='jdbc','url'='jdbc:mysql://db/x','password'='⟦commented⟧');
