import WeSimulator

/// What the command line asks for.
struct Options {
    static let usage = """
        simulate [--seed S] [--seeds N] [--stride K] [--minutes M] [--verbose yes]
                 [--nodes K] [--steps N] [--without KIND,KIND] [--skip STEP,STEP]
        """
    var seed: UInt64 = 1
    var seeds = 1
    var stride: UInt64 = 1
    var minutes = 60.0
    var isVerbose = false
    var limits = SimulationLimits()

    init?(_ words: some Sequence<String>) {
        var words = Array(words)[...]
        while let option = words.popFirst() {
            guard let value = words.popFirst() else { return nil }
            switch option {
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            case "--seeds":
                guard let number = Int(value) else { return nil }
                seeds = number
            case "--stride":
                guard let number = UInt64(value) else { return nil }
                stride = number
            case "--minutes":
                guard let number = Double(value) else { return nil }
                minutes = number
            case "--verbose": isVerbose = value == "yes"
            default: guard limits.take(option, value) else { return nil }
            }
        }
    }

    /// The words that run one seed again.
    func words(_ seed: UInt64) -> [String] { ["--seed", "\(seed)"] + limits.words }
}
