package com.acme.shapes;

import java.sql.DriverManager;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Values that come to where they are used through other methods and fields of their class. */
public class Detours {
    private final Map<String, String> settings = new HashMap<>();
    private String first;
    private String second;
    private static String third;
    private static String template;
    private static String url;
    private String name;

    static {
        third = "f64ENlnaTTuHv4"; //! jdbc-password
        template = "CREATE TABLE t (id INT) WITH ('connector' = 'jdbc', 'password' = '%s')";
        url = "jdbc:postgresql://db.acme.internal/orders";
    }

    /** Written by a method that names nothing, and read by one that does. */
    void fill() {
        first = "RSxqBu8tTFKcnj"; //! database-password
    }

    void useFirst(Properties p) {
        p.setProperty("db.password", first);
    }

    /** Through two fields. */
    void fillSecond() {
        second = "8x6XHbFkTX73sM"; //! generic-password
    }

    void useSecond(Client client) {
        client.setPassword(second);
    }

    void useThird(Properties p) {
        p.put("db.password", third);
    }

    /** The key comes from a field, the value is here. */
    void nameKey() {
        name = "kafka.ssl.keystore.password";
    }

    void useKey(Properties p) {
        p.setProperty(name, "RkMA8Jd9dZzOwP"); //! kafka-ssl-password
    }

    /** The key comes from a method. */
    private static String keyed() {
        String prefix = "db";
        return prefix + ".password";
    }

    void useKeyed(Properties p) {
        p.setProperty(keyed(), "HaB1UJBR6JpSDn"); //! database-password
    }

    /** The value comes from a method that asks another. */
    private String inner() {
        return "Jyw6z71XzXQjT1"; //! database-password
    }

    private Object outer() {
        Object made = inner();
        settings.clear();
        return made;
    }

    void useOuter(Properties p) {
        p.put("db.password", outer());
    }

    /** A helper that names nothing. */
    private void store(String key, String value) {
        settings.put(key, value);
    }

    void useStore() {
        store("db.password", "3mSHqLtqMWJmJC"); //! database-password
        store("db.user", "svc");
    }

    /** A helper that takes what it is given to a secret's name, and constructors that call each other. */
    private final String login;

    Detours() {
        this("svc", "oHoDU70hVf3Kkx"); //! generic-password
    }

    Detours(String user, String word) {
        login = user;
        new Client().setPassword(word);
    }

    /** A text that is filled in elsewhere. */
    String fillIn() {
        return String.format(template, "kRHo8lrlqViQUR"); //! generic-password
    }

    /** Two halves that only together look like what they are. */
    String halves() {
        String left = "gh";
        String right = "p_jGaMRijGUAIWpz0NeVwMkILx6pIsge2Hyy0y";
        StringBuilder text = new StringBuilder(left);
        text.append(right);
        return text.toString(); //! github-token
    }

    /** Where the other half of a pair is. */
    private static String identity() {
        return "AKIATY5R5OYM5TYD4V6B"; //! aws-access-key-pair
    }

    void both(Properties p) {
        p.setProperty("aws.accessKeyId", identity());
        p.setProperty("aws.secretKey", "vbXj2rf7MkEkSNtfRQGCKW5T2TBZJ16awDx1qNs6"); //! aws-access-key-pair
    }

    void connect() throws Exception {
        DriverManager.getConnection(url, login, third);
    }

    static class Client {
        void setPassword(String value) {}
    }
}
