import Weonomy

/// What the page says of staying in touch.
extension Text {
    static let connectedWord = Text("connected", "verbonden")

    static func connectedCount(_ count: Int) -> Text {
        Text("\(count) connected", "\(count) verbonden")
    }
    static let howToStayInTouch = Text(
        "To find colleagues on this network and stay in touch, run",
        "Om collega's op dit netwerk te vinden en in contact te blijven, draai")
    static let staysInTouch = Text(
        "This laptop finds colleagues on the network by itself and stays in touch.",
        "Deze laptop vindt collega's op het netwerk vanzelf en blijft in contact.")
}
