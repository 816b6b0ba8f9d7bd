package com.acme.ledger;

import java.util.LinkedHashMap;
import java.util.Map;

/** Options in the manner of Flink: key, type, default, description. */
final class Options {
    record Option(String key, String type, String defaultValue, String description) {}

    static final Option PASSWORD = new Option("password", "string", null, "The password of the user. Required if 'username' is set.");
    static final Option SECRET_KEY = new Option("s3.secret-key", "string", "(none)", "The secret key of the store; see 's3.access-key'.");
    static final Option TOKEN = new Option("api.token", "string", "", "Bearer token. Read from 'api.token-file' if unset.");
    static final Option TOKEN_TTL = new Option("api.token.ttl", "duration", "3600s", "How long a token lives.");
    static final Option PASSWORD_PROVIDER =
        new Option("password.provider", "class", "com.acme.ledger.EnvironmentPasswordProvider", "Class that gives the password.");
    static final Option CREDENTIALS =
        new Option("aws.credentials.provider", "enum", "AUTO", "AUTO, BASIC, ENV_VAR, SYS_PROP, PROFILE, ASSUME_ROLE or WEB_IDENTITY_TOKEN");
    static final Option AUTH = new Option("auth.type", "enum", "USER_PASSWORD", "NONE, TOKEN, USER_PASSWORD or KERBEROS");

    static Map<String, String> examples() {
        Map<String, String> out = new LinkedHashMap<>();
        out.put(PASSWORD.key(), "<your-password>");
        out.put(SECRET_KEY.key(), "${S3_SECRET_KEY}");
        out.put(TOKEN.key(), "$(cat /run/secrets/token)");
        out.put("jdbc.url", "jdbc:mysql://db.acme.io/ledger?user=${user}&password=${password}");
        out.put("mongodb.uri", "mongodb://<user>:<password>@db.acme.io/ledger");
        out.put("amqp.uri", "amqp://{user}:{password}@mq.acme.io/vhost");
        out.put("redis.uri", "redis://:%s@cache.acme.io:6379/0");
        out.put("password.reset.url", "https://acme.io/reset?token={token}");
        out.put("private.key.path", "/etc/ssl/private/ledger.key");
        out.put("secret.manager.endpoint", "https://secretsmanager.eu-west-1.amazonaws.com");
        out.put("api.key.name", "ledger-api-key");
        out.put("password.column", "password_hash");
        out.put("token.claim", "preferred_username");
        out.put("oauth.client.secret.ref", "ledger/oauth:client_secret");
        return out;
    }

    static String fromEnvironment(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(String.format("Environment variable %s is not set (password or token)", name));
        }
        return value;
    }

    static String type(Object value) {
        return switch (String.valueOf(value)) {
            case "password", "passwd", "pwd" -> "password";
            case "secret", "client_secret", "secret-key" -> "secret";
            case "token", "access_token", "refresh_token" -> "token";
            default -> "plain";
        };
    }

    static String mask(String key, String value) {
        String password = value.length() > 4 ? "****" : "";
        String secret = key.endsWith("secret") ? "<hidden>" : value;
        String token = value.isEmpty() ? "none" : "set";
        return password + secret + token;
    }
}
