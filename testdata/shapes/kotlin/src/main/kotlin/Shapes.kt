package com.acme.shapes

import java.util.Properties
import org.apache.flink.configuration.Configuration
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider

const val TOP_LEVEL_PASSWORD = "Cedar%ivory33b" //! generic-password

val topLevelId = "AKIAYCYYBBG6MD5Q62BS" //! aws-access-key-pair
val topLevelSecret = "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"

object Conf {
    const val ACCESS_KEY_ID = "AKIA4G7645GHYUWGVL6I" //! aws-access-key-pair
    const val SECRET_ACCESS_KEY = "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"
    val brokerPassword = "Raven%quill12d" //! generic-password
    val slowPassword by lazy { "Raven%krill36f" } //! generic-password
}

class Companion {
    companion object {
        private const val API_TOKEN = "eKThDJotlV4UK5yTBpDdceHYSxDGtzQcjSvZ" //! generic-token
    }

    fun token() = API_TOKEN //! generic-token
}

data class Login(val user: String, val password: String = "Fjord&nylon99c") //! generic-password

class Shapes(private val harmless: String = "eu-west-1") {
    fun provider() = StaticCredentialsProvider.create(AwsBasicCredentials.create(topLevelId, topLevelSecret))

    fun builder() =
        AwsBasicCredentials.builder()
            .accessKeyId("AKIA3TJPAZYRM2PGC225") //! aws-access-key-pair
            .secretAccessKey("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")
            .build()

    fun map() = mapOf(
        "connector" to "kinesis",
        "aws.credentials.provider.basic.accesskeyid" to "AKIAZIECYO7H4BE523KM", //! aws-access-key-pair
        "aws.credentials.provider.basic.secretkey" to "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",
    )

    fun properties() = Properties().apply {
        this["sasl.mechanism"] = "PLAIN"
        this["db.password"] = "Maple&fjord31a" //! database-password
    }

    fun elvis(): String {
        val password = System.getenv("STORE_PASSWORD") ?: "Birch&onyx75d" //! generic-password
        return password.trim()
    }

    fun named() = Login(user = "svc", password = "Nylon*raven70c") //! generic-password

    fun template(table: String) =
        """
        CREATE TABLE $table (a INT) WITH (
          'connector' = 'kinesis',
          'aws.credentials.basic.accesskeyid' = 'AKIA2BOMW5GR5ZDH6VDR',
          'aws.credentials.basic.secretkey' = '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'
        )
        """.trimIndent() //! aws-access-key-pair ^5

    fun constant() =
        """
        CREATE TABLE t (a INT) WITH ('username' = 'u', 'password' = 'Cedar?amber83f')
        """.trimIndent() //! generic-password

    fun set(conf: Configuration) {
        conf.setString("s3.access-key", "AKIA57EAK2RM6XZEMD7V") //! aws-access-key-pair
        conf.setString("s3.secret-key", "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")
        conf.setString("s3.endpoint", harmless)
    }
}
