package com.acme
object Conf {
  val DbPassword = "⟦pw⟧"
  final val AccessKey = "⟦id:a⟧"
  final val SecretKey = "⟦key:a⟧"
  lazy val apiToken: String = "⟦alnum40⟧"
  implicit val creds: AWSCredentials = new BasicAWSCredentials("⟦id:b⟧", "⟦key:b⟧")
  case class Db(host: String = "db.acme.internal", password: String = "⟦gen⟧")
  val props = Map("user" -> "u", "password" -> "⟦gen⟧")
  val url = s"jdbc:postgresql://$host/x?user=u&password=⟦gen⟧"
  val pw = sys.env.getOrElse("DB_PASSWORD", "⟦gen⟧")
  val t = Option(System.getenv("API_TOKEN")).getOrElse("⟦alnum40⟧")
  val c = ConfigFactory.parseString("""
    db { password = "⟦gen⟧" }
  """)
  tEnv.executeSql(s"""CREATE TABLE t (a INT) WITH ('connector'='jdbc', 'password'='⟦gen⟧')""")
  env match { case "dev" => Db(password = "⟦gen⟧"); case "prod" => Db("h") }
  val secretKey =
    "⟦key⟧"
  def password: String = "⟦gen⟧"
  config.setString("s3.secret-key", "⟦key⟧")
}
