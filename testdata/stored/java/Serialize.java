import java.io.FileOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** Writes objects.ser, a stand-in for a job graph, and _metadata, the header of a savepoint with inlined state. */
public class Serialize {
    static class Sink implements Serializable {
        private static final long serialVersionUID = 1;
        final int retries = 3;
        final String jdbcUrl = "jdbc:postgresql://db.acme.io:5432/orders";
        final String jdbcPassword = "wK8rt3Nz6q";
        final char[] keystorePassword = "yF5hs9Lp2c".toCharArray();
        final Object[] nothing = {null, 1L, new int[] {1, 2}, Thread.State.NEW, Sink.class};
    }

    static byte[] bytes(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    static void string(DataOutputStream out, String value) throws Exception {
        // org.apache.flink.types.StringValue.writeString
        int length = value.length() + 1;
        while (length >= 0x80) {
            out.write(length | 0x80);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(value);
    }

    public static void main(String[] args) throws Exception {
        Properties kafka = new Properties();
        kafka.setProperty("bootstrap.servers", "b-1.acme.io:9096");
        kafka.setProperty("sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"orders\" password=\"tQ4wn8Xb7d\";");
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("parallelism.default", 4);
        configuration.put("s3.access-key", "AKIAXW5GQ2ROHT3KJM6E");
        configuration.put("s3.secret-key", "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");
        configuration.put("serializedUDF", bytes(new Sink()));
        Map<String, Object> graph = new HashMap<>();
        graph.put("jobConfiguration", configuration);
        graph.put("source", kafka);
        graph.put("programArgs", new String[] {"--db.password", "zD3kp7Vm5s", "--parallelism", "4"});
        // 48 characters: the length is a printable '0'.
        graph.put("note", "glpat-Wd6yHn3Kt8Rb5Xq2Zv9M and nineteen more....");
        graph.put("immutable", Map.of("aws.secretKey", "cN5fJ8sQ1bV7mX3zL9kT2hR6wD4yG0pE+aU/iOtB"));
        graph.put("concurrent", new ConcurrentHashMap<>(Map.of("redis.password", "kB7zn4Vq2x")));
        try (FileOutputStream out = new FileOutputStream("objects.ser")) {
            out.write(bytes(graph));
        }
        try (DataOutputStream out = new DataOutputStream(new FileOutputStream("_metadata"))) {
            out.writeInt(0x4960672D);
            out.writeInt(4);
            out.writeLong(17);
            out.writeInt(0);
            out.writeInt(1);
            out.writeUTF("org.apache.flink.api.common.typeutils.base.MapSerializer");
            // An inlined handle: a map of strings, and a list of them.
            out.writeByte(1);
            out.writeUTF("f1e2d3c4-0000-4000-8000-000000000000");
            out.writeInt(2);
            string(out, "sasl.password");
            out.writeBoolean(false);
            string(out, "gH7rw4Tn9b");
            string(out, "region");
            out.writeBoolean(false);
            string(out, "eu-central-1");
            out.writeInt(2);
            string(out, "glpat-Jb4xVn7Qs2Lw9Rk6Tz3P");
            // 64 characters more: the length is a printable 'A', glued to what follows it.
            string(out, "AKIAZ4MT6PLWQ7XN3HRD is the id of the reader, ask for its secret");
            out.writeUTF("s3.secret-key");
            out.writeUTF("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");
            out.write(bytes(new Sink()));
            out.writeUTF("end");
        }
    }
}
