package com.acme
const val DB_PASSWORD = "⟦pw⟧"
object Conf { val accessKey = "⟦id:a⟧"; val secretKey = "⟦key:a⟧" }
data class Db(val host: String, val password: String = "⟦gen⟧")
class Job(private val apiToken: String = System.getenv("API_TOKEN") ?: "⟦alnum40⟧") {
    val clientSecret by lazy { "⟦alnum32⟧" }
    val creds = mapOf("s3.access-key" to "⟦id:b⟧", "s3.secret-key" to "⟦key:b⟧")
    fun run() {
        val ds = HikariDataSource().apply { jdbcUrl = "jdbc:mysql://db.acme.internal/x"; password = "⟦gen⟧" }
        StaticCredentialsProvider.create(AwsBasicCredentials.create("⟦id:c⟧", "⟦key:c⟧"))
        S3Client { region = "eu-west-1"; credentialsProvider = StaticCredentialsProvider { accessKeyId = "⟦id:d⟧"; secretAccessKey = "⟦key:d⟧" } }
        Db(host = "h", password = "⟦gen⟧")
        tEnv.executeSql("""CREATE TABLE t (a INT) WITH ('connector'='jdbc', 'password'='⟦gen⟧')""".trimIndent())
        val pw = env["DB_PASSWORD"] ?: "⟦gen⟧"
        props["sasl.jaas.config"] = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"⟦gen⟧\";"
        connect(user = "u", secret = "⟦alnum32⟧")
    }
}
