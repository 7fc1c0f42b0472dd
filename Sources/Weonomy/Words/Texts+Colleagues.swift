/// Who has what, in words.
extension Text {
    /// What a colleague's laptops lack, and what they hold that is not here.
    package static func standing(_ standing: ColleagueStanding) -> Text {
        let (lacked, ahead) = (standing.lackedCount, standing.aheadCount)
        let state =
            switch (lacked > 0, ahead > 0) {
            case (false, false): Text("same as you", "gelijk met jou")
            case (true, false): mayLack(lacked)
            case (false, true):
                Text(
                    "has \(ahead, "change", "changes") you lack",
                    "heeft \(ahead, "wijziging", "wijzigingen") die jij mist")
            case (true, true):
                Text(
                    "may lack \(lacked), has \(ahead) you lack",
                    "mist er misschien \(lacked), heeft er \(ahead) die jij mist")
            }
        guard let teller = standing.toldBy else { return state }
        return Text("\(state) (told by \(teller.name))", "\(state) (gehoord van \(teller.name))")
    }

    private static func mayLack(_ count: Int) -> Text {
        Text(
            "may lack \(count, "change", "changes")",
            "mist misschien \(count, "wijziging", "wijzigingen")")
    }
}
