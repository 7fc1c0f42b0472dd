import Weonomy

/// What items say, and the forms that make them.
extension Text {
    static let changedWord = Text("changed", "gewijzigd")
    static let wasRetracted = Text(
        "Its author took this back.", "De schrijver heeft dit ingetrokken.")
    static let sourceWord = Text("Source", "Bron")
    static let triedWord = Text("What was tried", "Wat al is geprobeerd")
    static let goodEnoughWord = Text("Good enough when", "Goed genoeg als")
    static let validatedWord = Text("Validated", "Bevestigd")
    static let untilWord = Text("until", "tot")
    static let filesWord = Text("Files", "Bestanden")
    static let reactionsWord = Text("Reactions", "Reacties")
    static let answerTo = Text("An answer to", "Een antwoord op")
    static let validateIt = Text("Validate", "Bevestig")
    static let validateMeans = Text(
        "You say that exactly this version is right. When it is edited, the badge says so.",
        "Je zegt dat precies deze versie klopt. Wordt hij gewijzigd, dan staat dat erbij.")
    static let validationNote = Text("What you checked", "Wat je naging")
    static let validUntil = Text("Valid until", "Geldig tot")
    static let versionsMean = Text(
        "Two people wrote this without knowing of each other. Both are kept until you choose.",
        "Twee mensen schreven dit zonder het van elkaar te weten. Beide blijven tot je kiest.")
    static let keepThis = Text("Keep this one", "Houd deze")
    static let openIt = Text("Open", "Open")
    static let answersWord = Text("Answers", "Antwoorden")
    static let noAnswerYet = Text("Nobody has answered yet.", "Nog niemand heeft geantwoord.")
    static let whoMayHelp = Text("Who may be able to help", "Wie misschien kan helpen")
    static let yourAnswer = Text("Your answer", "Je antwoord")
    static let answerHint = Text(
        "Markdown works: lists, code, links.", "Markdown werkt: lijsten, code, links.")
    static let teachIt = Text(
        "It teaches: how I found it, and how to try it yourself",
        "Het leert aan: hoe ik het vond, en hoe je het zelf probeert")
    static let solved = Text("Solved", "Opgelost")
    static let withdraw = Text("Withdraw the question", "Trek de vraag in")
    static let askAgain = Text("Ask again", "Vraag opnieuw")
    static let nearThis = Text("Near this", "Lijkt hierop")
    static let whoWroteWhat = Text("Who wrote what", "Wie wat schreef")
    static let editIt = Text("Edit", "Wijzig")
    static let retractIt = Text("Take it back", "Trek het in")
    static let retractMeans = Text(
        "It is no longer shown or found. Who has synced it may still have it.",
        "Het wordt niet meer getoond of gevonden. Wie het al kreeg, kan het nog hebben.")
    static let eraseIt = Text("Erase", "Wis")
    static let eraseMeans = Text(
        "The words go from this laptop now, and from each colleague's as it hears of it. This can't be undone. A laptop that never syncs again keeps its copy.",
        "De woorden gaan nu van deze laptop, en van elke andere zodra die ervan hoort. Dit is niet terug te draaien. Een laptop die nooit meer synct, houdt zijn kopie."
    )
    static let erasedTitle = Text("Erased", "Gewist")
    static let erasedMeans = Text(
        "The words are gone; this is who said so.", "De woorden zijn weg; dit zeggen de laptops.")
    static let whoErased = Text("Which laptops have erased it", "Welke laptops het hebben gewist")
    static let hasErased = Text("has erased it", "heeft het gewist")
    static let hasNotErased = Text("has not said so yet", "heeft dat nog niet gezegd")

    static func typeTitle(_ what: String) -> Text {
        Text("Type \(what) to confirm", "Typ \(what) om te bevestigen")
    }

    static let flagIt = Text("Tell the moderators", "Meld het de moderators")
    static let flagReason = Text("What is wrong with it", "Wat is er mis mee")
    static let flagMeans = Text(
        "The moderators see it, with your name.", "De moderators zien het, met je naam.")
    static let whatHappened = Text(
        "What happened, the latest first", "Wat er gebeurde, het laatste eerst")

    // MARK: - Writing

    static let titleNeeded = Text("Give it a title.", "Geef het een titel.")
    static let shareLead = Text(
        "What you did, what came of it, who can use it. Rough is fine.",
        "Wat je deed, wat ervan kwam, wie er iets aan heeft. Ruw is prima.")
    static let whatIsIt = Text("What is it?", "Wat is het?")

    static func shareKind(_ kind: ShareKind) -> Text {
        switch kind {
        case .status: Text("Status", "Status")
        case .experience: Text("Experience", "Ervaring")
        case .howto: Text("How-to", "Handleiding")
        case .insight: Text("Insight", "Inzicht")
        case .lesson: Text("Lesson", "Les")
        case .file: Text("File", "Bestand")
        }
    }

    static func shareKindMeans(_ kind: ShareKind) -> Text {
        switch kind {
        case .status: Text("what I am working on", "waar ik mee bezig ben")
        case .experience: Text("what I did and what came of it", "wat ik deed en wat ervan kwam")
        case .howto: Text("steps that others can follow", "stappen die anderen kunnen volgen")
        case .insight: Text("specialist content", "vakinhoud")
        case .lesson:
            Text(
                "how I learnt it, so that you can too", "hoe ik het leerde, zodat jij het ook kunt")
        case .file: Text("for reuse", "om te hergebruiken")
        }
    }

    static let startWithPrompts = Text("Start with four prompts:", "Begin met vier vragen:")
    static let servesGoal = Text("Which goal it serves", "Welk doel het dient")
    static let noGoal = Text("none in particular", "geen bepaald doel")
    static let servesWord = Text("Serves", "Dient")
    static let titleWord = Text("Title", "Titel")
    static let titleHint = Text(
        "One line that a colleague would search for.", "Eén regel waar een collega op zou zoeken.")
    static let shareBody = Text("Tell it", "Vertel het")
    static let shareBodyHint = Text(
        "Markdown works. Headings below which you write nothing are left out.",
        "Markdown werkt. Kopjes waar je niets onder schrijft, vallen weg."
    )
    static let topicsWord = Text("Topics", "Onderwerpen")
    static let topicsHint = Text("With commas between them.", "Met komma's ertussen.")
    static let sourceOfOthers = Text(
        "Source, where it is the work of others", "Bron, als het van anderen is")
    static let sourceHint = Text(
        "The address that it comes from.", "Het adres waar het vandaan komt.")
    static let shareIt = Text("Share", "Deel")
    static let shareAllTheSame = Text("Share it all the same", "Deel het toch")
    static let alreadyThere = Text("This may be there already", "Dit is er misschien al")
    static let askLead = Text(
        "Say it in your own words. Colleagues who know see it first.",
        "Zeg het in je eigen woorden. Collega's die het weten, zien het het eerst.")
    static let mayAnswerAlready = Text(
        "This may answer it already", "Dit is misschien al het antwoord")
    static let questionWord = Text("Question", "Vraag")
    static let questionHint = Text("One sentence.", "Eén zin.")
    static let questionBody = Text("More about it", "Meer erover")
    static let triedHint = Text(
        "It saves your colleague the detour.", "Dat bespaart je collega de omweg.")
    static let askIt = Text("Ask", "Vraag")
    static let askedForWhom = Text("For whom, if not for you", "Voor wie, als het niet voor jou is")
    static let askedForHint = Text(
        "A name is enough; it may be somebody outside the team.",
        "Een naam is genoeg; het mag iemand buiten het team zijn.")
    static let heardIt = Text(
        "I heard this outside the team", "Ik hoorde dit buiten het team")
    static let mayShadow = Text(
        "I would like to look over somebody's shoulder",
        "Ik wil graag over iemands schouder meekijken")
    static let onBehalfWord = Text("Asked for another", "Voor een ander gevraagd")
    static let addToLog = Text("Add to the work log", "Voeg toe aan het werklog")
    static let logEntry = Text("What happened today", "Wat er vandaag gebeurde")
    static let logHint = Text(
        "The first line is what people see; more may follow.",
        "De eerste regel is wat men ziet; er mag meer volgen.")
    static let workLogOf = Text("Work log of", "Werklog van")
    static let noLogYet = Text(
        "Nothing is in it yet. A line a day shows how you work.",
        "Er staat nog niets in. Een regel per dag laat zien hoe je werkt.")
    static let askThem = Text("Ask what they think", "Vraag wat ze ervan vinden")
    static let askThemMeans = Text(
        "They see it on Today for two weeks. Who does not answer, need not.",
        "Ze zien het twee weken op Vandaag. Wie niet antwoordt, hoeft dat niet.")
    static let askSomeoneElse = Text("Someone else", "Iemand anders")
    static let askAllTheSame = Text("Ask all the same", "Vraag het toch")
}
