package com.acme.shapes;

import com.amazonaws.auth.BasicAWSCredentials;
import org.apache.flink.configuration.Configuration;

/** Values that one class holds and another binds. */
class Hops {
    BasicAWSCredentials fields() {
        return new BasicAWSCredentials(Holder.first, Holder.second);
    }

    void getters(Configuration conf) {
        conf.setString("db.password", Holder.third());
    }

    DbConfig constructor() {
        return new DbConfig("jdbc:postgresql://db.acme.internal/x", "svc", "Grove!topaz67e"); //! generic-password
    }

    Object subclass() {
        return new OwnCredentials("AKIAZNMGHYGBQAFRRTPR", "cR7D8d+ecfUw07HjkD1JchFIigRd8AA5Y8YpxLnK"); //! aws-access-key-pair
    }

    void setter(DbConfig config) {
        config.unlock("Jasper&nylon86a"); //! generic-password
    }
}

class Holder {
    static String first = "AKIA5MPKDVOINNOYH3SR"; //! aws-access-key-pair
    static String second = System.getProperty("x") == null ? "R22mQnyEambPBL/fNd+CK/Csv+mkG5AuadO17SnL" : "R22mQnyEambPBL/fNd+CK/Csv+mkG5AuadO17SnL";

    static String third() {
        return "Maple~topaz75c"; //! database-password
    }
}

class DbConfig {
    private final String url;
    private final String user;
    private String password;

    DbConfig(String url, String user, String word) {
        this.url = url;
        this.user = user;
        this.password = word;
    }

    void unlock(String word) {
        this.password = word;
    }

    @Override
    public String toString() {
        return url + user + password.length();
    }
}

class OwnCredentials extends BasicAWSCredentials {
    OwnCredentials(String a, String b) {
        super(a, b);
    }
}
