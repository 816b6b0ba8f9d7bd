// Runs a Jenkinsfile without Jenkins, in the working directory: blocks are entered, `sh` is a shell, and what
// the build would have ended with is printed last. A step that is not known is an error.
import org.codehaus.groovy.control.CompilerConfiguration

abstract class Pipeline extends Script {
    static result = 'SUCCESS'

    def methodMissing(String name, Object args) {
        assert name in ['pipeline', 'agent', 'stages', 'stage', 'script', 'post', 'always'] : "no step ${name}"
        args.findAll { it instanceof Closure }.each { it() }
    }

    def getAny() { null }

    def propertyMissing(String name) {
        assert name == 'any' : "no variable ${name}"
    }

    // What fails ends its stage; `post` comes after it all the same.
    def steps(Closure body) {
        if (result == 'FAILURE') return
        try {
            body()
        } catch (RuntimeException failure) {
            java.lang.System.out.println failure.message
            result = 'FAILURE'
        }
    }

    def sh(Map step) {
        def code = ['sh', '-ec', step.script].execute().tap { consumeProcessOutput(java.lang.System.out, java.lang.System.err) }.waitFor()
        if (code != 0 && !step.returnStatus) error("exit code ${code}")
        code
    }

    def sh(String script) { sh(script: script) }

    def error(CharSequence message) { throw new RuntimeException(message.toString()) }

    def unstable(String message) { result = 'UNSTABLE' }

    def junit(Map step) { assert new File(step.testResults).text.contains('<testsuite') }

    def archiveArtifacts(Map step) { assert new File(step.artifacts).exists() }
}

def configuration = new CompilerConfiguration(scriptBaseClass: Pipeline.name)
new GroovyShell(Pipeline.classLoader, new Binding(), configuration).evaluate(new File(args[0]))
println Pipeline.result
