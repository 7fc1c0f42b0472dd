import WeSimulator

/// What the command line asks for.
struct Options {
    static let usage = """
        simulate [--seed S] [--seeds N] [--stride K] [--minutes M] [--print trace|story|numbers]
                 [--minimise no] [--nodes K] [--steps N] [--without KIND,...] [--skip STEP,...]
        simulate --add FILE ...
        """
    var seed: UInt64 = 1
    var seeds = 1
    var stride: UInt64 = 1
    var minutes = 60.0
    /// Prints the hash of each seed's trace.
    var isVerbose = false
    /// Prints who decided what, and what each node made of it.
    var isTelling = false
    /// Prints numbers for `--add`.
    var isForAdding = false
    var isMinimising = true
    var limits = SimulationLimits()
    /// Files with numbers.
    var additions: [String] = []

    init?(_ words: some Sequence<String>) {
        var words = Array(words)[...]
        while let option = words.popFirst() {
            if option == "--add" {
                additions = Array(words)
                return
            }
            guard let value = words.popFirst(), take(option, value) else { return nil }
        }
    }

    private mutating func take(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--seed":
            guard let number = UInt64(value) else { return false }
            seed = number
        case "--seeds":
            guard let number = Int(value), number > 0 else { return false }
            seeds = number
        case "--stride":
            guard let number = UInt64(value) else { return false }
            stride = number
        case "--minutes":
            guard let number = Double(value) else { return false }
            minutes = number
        case "--print":
            isVerbose = value == "trace"
            isTelling = value == "story"
            isForAdding = value == "numbers"
        case "--minimise": isMinimising = value != "no"
        default: return limits.take(option, value)
        }
        return true
    }
}
