package com.acme.blind
import com.amazonaws.auth.*
import org.apache.flink.configuration.Configuration
import org.apache.flink.table.api.TableEnvironment
import software.amazon.awssdk.auth.credentials.*

fun use(o: Any?) { println(o) }
const val DB_PASSWORD = "⟦pw⟧"
val apiToken = "⟦alnum40⟧"
private const val HIDDEN = "⟦key:a⟧"
private const val VISIBLE = "⟦id:a⟧"
object Conf {
    val accessKey = "⟦id:b⟧"
    val secretKey = "⟦key:b⟧"
    var clientSecret: String? = "⟦alnum32⟧"
    val lazyPassword by lazy { "⟦gen⟧" }
    val password get() = "⟦gen⟧"
}
data class Db(val host: String, val user: String = "svc", val password: String = "⟦gen⟧")
class Settings { var host = ""; var password = ""; var apiKey: String? = null; companion object { const val TOKEN = "⟦ghp⟧"; @JvmStatic val signingKey = "⟦alnum32⟧" } }
fun settings(block: Settings.() -> Unit) = Settings().apply(block)
enum class Env(val id: String, val key: String) { DEV("⟦id:c⟧", "⟦key:c⟧"), PROD("⟦id:d⟧", "⟦key:d⟧") }
sealed class Auth { data class Basic(val user: String, val password: String) : Auth(); object Fixed : Auth() { val token = "⟦ghp⟧" } }
class Job(private val env: String, private val dbPassword: String = System.getenv("DB_PASSWORD") ?: "⟦gen⟧") {
    fun hidden() = BasicAWSCredentials(VISIBLE, HIDDEN)
    fun maps() {
        val m = mapOf("aws.accessKeyId" to "⟦id:e⟧", "aws.secretKey" to "⟦key:e⟧")
        val mm = mutableMapOf<String, String>()
        mm["db.password"] = "⟦gen⟧"
        mm.put("api.key", "⟦alnum32⟧")
        use(m); use(mm)
    }
    fun dsl() = settings { host = "db.acme.internal"; password = "⟦gen⟧"; apiKey = "⟦alnum32⟧" }
    fun applied() = Settings().apply { password = "⟦gen⟧" }
    fun alsoed() = Settings().also { it.password = "⟦gen⟧" }
    fun letted() = "⟦alnum40⟧".let { token -> use(token) }
    fun withed() = with(Settings()) { password = "⟦gen⟧" }
    fun elvis() { val secret = System.getenv("CLIENT_SECRET") ?: "⟦alnum32⟧"; use(secret) }
    fun named() = Db(host = "h", password = "⟦gen⟧")
    fun copied(d: Db) = d.copy(password = "⟦gen⟧")
    fun whened(): AwsCredentials = when (env) {
        "dev" -> AwsBasicCredentials.create("⟦id:f⟧", "⟦key:f⟧")
        else -> AwsBasicCredentials.create("⟦id:g⟧", "⟦key:g⟧")
    }
    fun paired() { val (id, key) = if (env == "dev") "⟦id:h⟧" to "⟦key:h⟧" else "⟦id:i⟧" to "⟦key:i⟧"; use(BasicAWSCredentials(id, key)) }
    fun template(host: String) { use("jdbc:postgresql://$host/x?user=u&password=⟦gen⟧") }
    fun template2(host: String) { val pw = "⟦gen⟧"; use("jdbc:postgresql://$host/x?user=u&password=$pw") }
    fun sql(t: TableEnvironment) = t.executeSql("""
        CREATE TABLE t (a INT) WITH (
          'connector' = 'jdbc',
          'password' = '⟦gen⟧'
        )
    """.trimIndent())
    fun builder() = AwsBasicCredentials.builder().accessKeyId("⟦id:j⟧").secretAccessKey("⟦key:j⟧").build()
    fun props() = java.util.Properties().apply {
        setProperty("ssl.key.password", "⟦gen⟧")
        this["sasl.jaas.config"] = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"⟦gen⟧\";"
    }
    fun conf(c: Configuration) { c.setString("s3.access-key", "⟦id:k⟧"); c.setString("s3.secret-key", "⟦key:k⟧") }
    fun defaulted(user: String, password: String = "⟦gen⟧") { use(user + password) }
    fun extension() { "⟦gen⟧".asPassword() }
    fun String.asPassword() = use(this)
    fun lambda() { val secretProvider: () -> String = { "⟦gen?⟧" }; use(secretProvider()) }
    fun confined() = BasicAWSCredentials(Conf.accessKey, Conf.secretKey)
    fun compare(password: String) = password == "⟦gen⟧"
    fun auth() = Auth.Basic("svc", "⟦gen⟧")
    fun list() { use(listOf("--db.password", "⟦gen⟧")); use(arrayOf("--password=⟦gen⟧")) }
    fun anonymous() = object : AWSCredentials { override fun getAWSAccessKeyId() = "⟦id:l⟧"; override fun getAWSSecretKey() = "⟦key:l⟧" }
    fun chars() { val password = charArrayOf(⟦pw|chars⟧); use(password) }
    fun tried() { val dbToken = runCatching { System.getenv("X")!! }.getOrDefault("⟦alnum40?⟧"); use(dbToken) }
    fun pairList() { use(listOf(Pair("db.password", "⟦gen⟧"))) }
}
interface Defaults { val dbPassword: String get() = "⟦gen⟧" }
