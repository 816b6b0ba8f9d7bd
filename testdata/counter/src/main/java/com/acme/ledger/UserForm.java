package com.acme.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A form with a password field, its validation and its messages. */
public class UserForm {
    private static final String PASSWORD_TOO_SHORT = "password.too.short";
    private static final String PASSWORD_REQUIRED = "Password is required";
    private static final String INVALID_PASSWORD = "Invalid user name or password!";
    private static final Map<String, String> LABELS = Map.of(
        "password", "Passwort",
        "newPassword", "Neues Passwort",
        "confirmPassword", "Passwort wiederholen",
        "apiKey", "API-Schlüssel",
        "token", "Zugriffstoken");
    private static final String[] COLUMNS = {"id", "user_name", "password", "password_hash", "reset_token"};
    private static final String SELECT = "SELECT id, password FROM users WHERE user_name = ? AND password = ?";
    private static final String DDL = "CREATE TABLE users (id BIGINT, password STRING NOT NULL, api_key VARCHAR(64))";
    private static final String RESET = "UPDATE users SET password = :password, reset_token = NULL WHERE id = :id";

    private String password;
    private String apiKey;
    private char[] secret;

    public void setPassword(String password) { this.password = password; }
    public String getPassword() { return password; }
    public UserForm withApiKey(String apiKey) { this.apiKey = apiKey; return this; }

    public List<String> validate() {
        List<String> errors = new ArrayList<>();
        if (password == null) { errors.add(PASSWORD_REQUIRED); }
        else if (password.length() < 12) { errors.add(PASSWORD_TOO_SHORT); }
        else if (!password.matches(LedgerJob.PASSWORD_PATTERN)) { errors.add(INVALID_PASSWORD); }
        return errors;
    }

    @Override
    public String toString() {
        return "UserForm{password='" + "[PROTECTED]" + "', apiKey='" + apiKey + "', secret=" + (secret == null ? "unset" : "set") + '}';
    }

    static String help() {
        return "  --password=<password>     password of the user\n"
            + "  --token TOKEN             token of the API, from https://acme.io/settings/tokens\n"
            + "  --secret-key=SECRET_KEY   e.g. wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
            + "  --access-key=AKIAIOSFODNN7EXAMPLE\n";
    }

    public static void check(String type) {
        if (type.equals("password") || type.equalsIgnoreCase("secret")) {
            throw new IllegalArgumentException("password: must not be used as type; secret: neither");
        }
        new UserForm().withApiKey(System.getenv("API_KEY")).setPassword(LABELS.get(COLUMNS[2]) + SELECT + DDL + RESET);
    }
}
