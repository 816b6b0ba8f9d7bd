package com.acme;

class Kinds {
    static final String DB_PASSWORD = "⟦letters24⟧";
    private String replicaPassword = "⟦four16⟧";

    void open(HikariConfig pool, HttpRequest.Builder request) {
        pool.setPassword("⟦phrase⟧");
        request.header("Authorization", "Bearer ⟦alnum24⟧");
        new Mailer().password("⟦edges12⟧");
    }
}
