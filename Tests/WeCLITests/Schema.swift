import Foundation

/// As much of JSON Schema (draft 2020-12) as our schemas use.
enum Schema {
    static let folder =
        String(
            #filePath.prefix(
                upTo: #filePath.firstRange(of: "/Tests/")?.lowerBound ?? #filePath.endIndex)
        ) + "/Sources/WeCLI/Schemas/"

    static func named(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + name + ".json"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// What is wrong with a JSON text, by the schema of a name.
    static func faults(in json: String, schema name: String) throws -> [String] {
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
        return try faults(value, try named(name), root: name, at: "")
    }

    private static func faults(
        _ value: Any, _ schema: Any, root: String, at path: String
    ) throws -> [String] {
        if let allowed = schema as? Bool { return allowed ? [] : ["\(path) is not allowed"] }
        guard let schema = schema as? [String: Any] else { return ["\(path): no schema"] }
        if let reference = schema["$ref"] as? String {
            let (name, target) = try resolve(reference, root: root)
            return try faults(value, target, root: name, at: path)
        }
        for (key, wanted) in [("anyOf", 1...Int.max), ("oneOf", 1...1)] {
            guard let choices = schema[key] as? [Any] else { continue }
            let fits = try choices.map { try faults(value, $0, root: root, at: path) }
            guard wanted.contains(fits.count { $0.isEmpty }) else {
                return ["\(path) fits none of \(key): \(fits)"]
            }
        }
        return try own(value, schema, path) + members(value, schema, root: root, at: path)
            + items(value, schema, root: root, at: path)
    }

    private static func own(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        var faults: [String] = []
        if let type = schema["type"] as? String, !has(value, type) {
            faults.append("\(path): \(type)")
        }
        if let const = schema["const"] as? NSObject, const != value as? NSObject {
            faults.append("\(path): \(const)")
        }
        if let choices = schema["enum"] as? [NSObject],
            !choices.contains(where: { $0 == value as? NSObject })
        {
            faults.append("\(path): one of \(choices)")
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            faults.append("\(path): \(text) is not \(pattern)")
        }
        if let minimum = schema["minimum"] as? Int, let number = value as? Int, number < minimum {
            faults.append("\(path): \(number) < \(minimum)")
        }
        return faults
    }

    private static func members(
        _ value: Any, _ schema: [String: Any], root: String, at path: String
    ) throws -> [String] {
        guard let object = value as? [String: Any] else { return [] }
        let required = schema["required"] as? [String] ?? []
        var result = required.filter { object[$0] == nil }.map { "\(path).\($0) is missing" }
        let properties = schema["properties"] as? [String: Any] ?? [:]
        for (key, member) in object {
            let rule = properties[key] ?? schema["additionalProperties"] ?? true
            result += try faults(member, rule, root: root, at: "\(path).\(key)")
        }
        return result
    }

    private static func items(
        _ value: Any, _ schema: [String: Any], root: String, at path: String
    ) throws -> [String] {
        guard let array = value as? [Any], let rule = schema["items"] else { return [] }
        return try array.enumerated().flatMap {
            try faults($0.element, rule, root: root, at: "\(path)[\($0.offset)]")
        }
    }

    private static func has(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "boolean": value is Bool
        case "integer": value is Int
        default: value is NSNumber
        }
    }

    private static func resolve(_ reference: String, root: String) throws -> (String, Any) {
        let parts = reference.split(separator: "#", omittingEmptySubsequences: false)
        let name = parts[0].isEmpty ? root : String(parts[0].dropLast(".json".count))
        var target: Any = try named(name)
        for key in parts[1].split(separator: "/") {
            target = (target as? [String: Any])?[String(key)] ?? false
        }
        return (name, target)
    }
}
