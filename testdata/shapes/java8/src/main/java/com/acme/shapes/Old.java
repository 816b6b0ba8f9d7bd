package com.acme.shapes;

import com.amazonaws.auth.BasicAWSCredentials;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;

/** What javac wrote before Java 9: concatenation by StringBuilder, accessors of inner classes. */
public class Old {
    interface Keys {
        String CLIENT_SECRET = "85ONB0xZM45luEW1so0mlyJ2QpcHKO8GXfNN"; //! generic-secret
    }

    private static String id = "AKIAXNGHRJTKTUFCM2KA"; //! aws-access-key-pair
    private static String secret = "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";
    private String brokerPassword = "Heron!maple93d"; //! generic-password

    BasicAWSCredentials fields() {
        return new BasicAWSCredentials(id, secret);
    }

    String concatenated(String table) {
        return "CREATE TABLE " + table + " WITH ('aws.credentials.basic.accesskeyid'='AKIA5ZQBKRKQMOZ52AA6',"
                + "'aws.credentials.basic.secretkey'='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')"; //! aws-access-key-pair ^1
    }

    String ddl(String host) {
        String word = "Cedar%quill40f";
        return "CREATE TABLE t WITH ('connector'='x', 'host'='" + host + "', 'password'='" + word + "')"; //! generic-password
    }

    Connection connect() throws Exception {
        String pw = System.getenv("DB_PW");
        if (pw == null) {
            pw = "Ivory%onyx11c"; //! jdbc-password
        }
        return DriverManager.getConnection("jdbc:postgresql://db.acme.internal/x", "u", pw);
    }

    Map<String, String> map(boolean dev) {
        Map<String, String> options = new HashMap<String, String>();
        options.put("aws.credentials.provider.basic.accesskeyid", dev ? "AKIA5WPV3B4JSLHIZVIX" : "AKIA42MZRPOIKJE2WFPZ"); //! aws-access-key-pair //! aws-access-key-pair
        options.put("aws.credentials.provider.basic.secretkey", dev ? "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" : "PGyfDjxh4hHPJm0xaXKASWiTDd/dCE5fe7jQxUyw");
        return options;
    }

    Properties anonymous() {
        return new Properties() {
            {
                setProperty("user", "svc");
                setProperty("db.password", "Delta~maple47c"); //! database-password
            }
        };
    }

    void set(Configuration conf) {
        put(conf, "s3.access-key", "AKIAZLQXBPWPG6AHYEQE"); //! aws-access-key-pair
        put(conf, "s3.secret-key", "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");
    }

    private void put(Configuration conf, String key, String value) {
        conf.setString(key, value);
    }

    Runnable inner() {
        return new Runnable() {
            @Override
            public void run() {
                use(brokerPassword);
            }
        };
    }

    enum Stage {
        DEV("AKIAYG63B2IGHMQF7NQD", "zlsptJCj3QgoNuQN3xpfrAZa/GGCV9MLimOcgO0C"), //! aws-access-key-pair
        PROD("AKIAXT2E3BNEYJTD5EIW", "GCoOiYrg0lycwBYZ3B7+LfuSwQjOXoC9cY1V6Mfd"); //! aws-access-key-pair

        private final String accessKey;
        private final String secretKey;

        Stage(String accessKey, String secretKey) {
            this.accessKey = accessKey;
            this.secretKey = secretKey;
        }

        String both() {
            return accessKey + secretKey;
        }
    }

    private static void use(Object any) {
        System.out.println(any);
    }
}
