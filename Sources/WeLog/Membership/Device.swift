public import WeData
public import WeKeys

/// A device as the event that admits it describes it: signed by its own key.
public struct Device: Hashable, Sendable {
    /// Signs events and names the device.
    public let signing: DeviceKey
    /// For the channel.
    public let channel: ChannelKey
    /// What its owner calls it.
    public let label: String
    /// By the signing key, over person and both keys.
    public let signature: Signature

    /// The longest label, in bytes of UTF-8.
    public static let labelBytesMax = 64

    /// Describes and signs one's own device.
    public init(person: PersonID, key: SigningKey, channel: ChannelKey, label: String) {
        let label = label.cut(toBytes: Device.labelBytesMax)
        signing = key.publicKey
        self.channel = channel
        self.label = label
        signature = key.sign(
            Device.statement(person, key.publicKey, channel, label), domain: .device)
    }

    /// The person whose first device has this key.
    public static func person(of first: DeviceKey) -> PersonID {
        PersonID(Blake2b.derive(label: "weonomy/1 person", first.bytes))
    }

    /// Whether the device itself agreed to belong to this person, with a key fit for use.
    public func isValid(for person: PersonID) -> Bool {
        signing.isValidForEnrolment
            && signature.isValid(
                for: Device.statement(person, signing, channel, label), domain: .device,
                by: signing)
    }

    private static func statement(
        _ person: PersonID, _ signing: DeviceKey, _ channel: ChannelKey, _ label: String
    ) -> [UInt8] {
        var writer = Writer()
        writer.array(4)
        writer.id(person)
        writer.id(signing)
        writer.id(channel)
        writer.text(label)
        return writer.take()
    }

    /// Appends the canonical form.
    public func write(to writer: inout Writer) {
        writer.array(4)
        writer.id(signing)
        writer.id(channel)
        writer.text(label)
        writer.bytes(signature.bytes)
    }

    /// Reads the canonical form; the signature is not verified.
    public init(from reader: inout Reader) throws(DecodingError) {
        try reader.array(count: 4)
        signing = try reader.id()
        channel = try reader.id()
        label = try reader.text(countMax: Device.labelBytesMax)
        signature = try Signature(from: &reader)
    }

    /// Reads one device or more, no more than a person may have.
    package static func list(from reader: inout Reader) throws(DecodingError) -> [Device] {
        var devices: [Device] = []
        for _ in 0..<(try reader.array(countMax: EventLimit.devicesPerPersonMax)) {
            devices.append(try Device(from: &reader))
        }
        return devices
    }
}

extension Signature {
    /// Reads 64 bytes.
    package init(from reader: inout Reader) throws(DecodingError) {
        guard let signature = Signature(try reader.bytes(countMax: 64)) else {
            throw reader.error(.outOfBounds)
        }
        self = signature
    }
}

extension String {
    /// The text cut to at most so many bytes of UTF-8, never inside a character.
    package func cut(toBytes countMax: Int) -> String {
        guard utf8.count > countMax else { return self }
        var result = ""
        var count = 0
        for character in self {
            count += character.utf8.count
            if count > countMax { break }
            result.append(character)
        }
        return result
    }
}
