import WeData
import WeKeys
import WeLog

@testable import WeSync

// What is told of Bram's device.
extension World {
    /// News by the example's name.
    var news: [String: String] {
        let device = otherKey.publicKey
        let ahead = ColleagueNews.Ahead(
            key: LogKey(logClass: .content, device: device, log: log), eventCount: 2)
        let news = ColleagueNews(
            device: device, met: wall, heldCount: 3, ahead: [ahead],
            addresses: ["192.168.1.7:7431"])
        return ["news": Hex.encode(Message.news([news]).encoded)]
    }
}
