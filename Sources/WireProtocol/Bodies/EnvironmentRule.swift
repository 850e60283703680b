package import CanonicalEncoding

/// Which environment variables a gated command may be given.
package enum EnvironmentRule {
    /// Passed when they are set; every other one is named by `--env`.
    package static func passesByDefault(_ name: Text) -> Bool {
        ["PATH", "HOME", "LANG", "TZ", "TERM"].contains(name) || name.utf8.starts(with: "LC_".utf8)
    }

    /// Variables that make a program load or run code which nobody approved: never passed, whoever asks.
    package static func isLoaderVariable(_ name: Text) -> Bool {
        let prefixes = [
            "LD_", "DYLD_", "GCONV_", "MALLOC_", "GLIBC_", "BASH_FUNC_", "GIT_CONFIG", "NPM_CONFIG_", "npm_config_",
        ]
        return prefixes.contains { name.utf8.starts(with: $0.utf8) } || loaderVariables.contains(name)
    }

    /// Names of shells, interpreters and tools' hooks that run code from the environment.
    private static let loaderVariables: Set<Text> = [
        "BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND", "IFS", "CDPATH", "ZDOTDIR", "FPATH",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONUSERBASE", "PYTHONEXECUTABLE",
        "PYTHONWARNINGS", "PYTHONBREAKPOINT", "PERL5LIB", "PERLLIB", "PERL5OPT", "PERL5DB", "RUBYLIB", "RUBYOPT",
        "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "LUA_PATH",
        "LUA_CPATH", "LUA_INIT", "PHPRC", "PHP_INI_SCAN_DIR", "R_PROFILE", "R_PROFILE_USER", "GIT_SSH",
        "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR", "GIT_ASKPASS", "SSH_ASKPASS",
        "GIT_PAGER", "PAGER", "MANPAGER", "LESSOPEN", "LESSCLOSE", "EDITOR", "VISUAL", "BROWSER", "LOCPATH", "NLSPATH",
        "HOSTALIASES", "RESOLV_HOST_CONF", "TERMINFO", "TERMINFO_DIRS", "OPENSSL_CONF", "OPENSSL_MODULES",
        "OPENSSL_ENGINES", "SWIFTPM_CUSTOM_BIN_DIR", "SQLITE_HISTORY", "PSQLRC", "MAKEFLAGS", "RUSTC_WRAPPER",
    ]

    /// A portable name: letters, digits and underscores, not beginning with a digit.
    package static func isName(_ name: Text) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.count <= 256
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F
            }
    }
}
