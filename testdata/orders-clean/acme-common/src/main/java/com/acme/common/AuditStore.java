package com.acme.common;

import java.net.URI;

/** Where the audit trail is kept. */
public final class AuditStore {
    public static final String DATABASE = "audit";

    private final URI uri;

    public AuditStore(String override) {
        this.uri = override == null || override.isEmpty() ? defaultUri() : URI.create(override);
    }

    public URI uri() {
        return uri;
    }

    private static URI defaultUri() {
        return URI.create("mongodb+srv://audit.acme.internal/audit?authMechanism=MONGODB-AWS&authSource=$external");
    }
}
