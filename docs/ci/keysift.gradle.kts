// Gradle: apply(from = "keysift.gradle.kts"). Scans the fat jar; a finding fails `gradle check`.
val keysift = tasks.register<Exec>("keysift") {
    group = "verification"
    description = "Looks for credentials in the jar"
    val jar = tasks.named(if ("shadowJar" in tasks.names) "shadowJar" else "jar")
    dependsOn(jar)
    inputs.files(jar)
    commandLine(listOf("keysift", "scan", "--quiet") + jar.get().outputs.files.map { it.path })
}
tasks.named("check") { dependsOn(keysift) }
