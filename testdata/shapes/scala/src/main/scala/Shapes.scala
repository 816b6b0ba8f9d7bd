package com.acme.shapes

import java.util.Properties

import com.amazonaws.auth.BasicAWSCredentials
import org.apache.flink.configuration.Configuration

object Conf {
  val accessKeyId = "AKIAYYDLVJG23PEXYFC2" //! aws-access-key-pair
  val secretAccessKey = "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"
  final val FinalPassword = "Delta~pearl85f" //! generic-password
  lazy val slowPassword: String = "Topaz*raven22d" //! generic-password
}

case class Login(user: String, password: String = "Delta~delta16e") //! generic-password

class Shapes(region: String) {
  private val vaultToken = "TvVpkn0Sqiw6gEx4dIXCcOEnkHcLLkkqHP8S" //! generic-token-value

  def credentials() = new BasicAWSCredentials("AKIAZ43IHF34DFLPGWRV", "x5hU8jfSMAFi3F+jqIMYKG4wAg8o5ZLCbisK26pP") //! aws-access-key-pair

  def map(): Map[String, String] = Map(
    "connector" -> "kinesis",
    "aws.credentials.provider.basic.accesskeyid" -> "AKIA3I3WD7QIOLPR3YZQ", //! aws-access-key-pair
    "aws.credentials.provider.basic.secretkey" -> "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"
  )

  def properties(): Properties = {
    val p = new Properties()
    p.put("db.password", "Heron~heron43f") //! database-password
    p.setProperty("region", region)
    p
  }

  def orElse(): String = {
    val password = sys.env.getOrElse("STORE_PASSWORD", "Birch^birch50b") //! generic-password
    password.trim
  }

  def interpolated(host: String): String =
    s"jdbc:postgresql://$host/db?user=u&password=Quill^jasper62d" //! jdbc-url-password

  def margin(): String =
    """CREATE TABLE t (a INT) WITH (
      |  'username' = 'u',
      |  'password' = 'Krill^quill83b'
      |)""".stripMargin //! generic-password ^3

  def set(conf: Configuration): Unit = {
    conf.setString("s3.access-key", "AKIAX3AHV4B77BIRKFF2") //! aws-access-key-pair
    conf.setString("s3.secret-key", "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")
  }

  def login(): Login = Login("svc", "Maple?topaz90d") //! generic-password

  def token(): String = vaultToken
}
