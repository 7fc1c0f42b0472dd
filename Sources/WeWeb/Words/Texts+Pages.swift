import Weonomy

/// What Today, the brain, questions, people and search say.
extension Text {
    // MARK: - Today

    static func todayInShort(helpable: Int, answers: Int, asked: Int) -> Text {
        guard asked > 0 else { return todayInShort(helpable: helpable, answers: answers) }
        let asks = Text(
            "\(asked, "colleague asks", "colleagues ask") what you think of something.",
            "\(asked, "collega vraagt", "collega's vragen") wat je ergens van vindt.")
        guard helpable + answers > 0 else { return asks }
        let rest = todayInShort(helpable: helpable, answers: answers)
        return Text(rest.english + " " + asks.english, rest.dutch + " " + asks.dutch)
    }

    private static func todayInShort(helpable: Int, answers: Int) -> Text {
        switch (helpable, answers) {
        case (0, 0): Text("Nothing waits for you.", "Er wacht niets op je.")
        case (_, 0):
            Text(
                "\(helpable, "colleague asks", "colleagues ask") something that you know.",
                "\(helpable, "collega zoekt", "collega's zoeken") iets wat jij weet.")
        case (0, _):
            Text(
                "You have \(answers, "answer", "answers").",
                "Je hebt \(answers, "antwoord", "antwoorden").")
        default:
            Text(
                "\(helpable, "colleague asks", "colleagues ask") something that you know. You have \(answers, "answer", "answers").",
                "\(helpable, "collega zoekt", "collega's zoeken") iets wat jij weet. Je hebt \(answers, "antwoord", "antwoorden")."
            )
        }
    }

    static let youCanHelp = Text("You can help", "Jij kunt helpen")
    static let forYou = Text("For you", "Voor jou")
    static let whyYou = Text("why you:", "waarom jij:")
    static let answerIt = Text("Answer", "Antwoord")
    static let showThemHow = Text("Show how", "Laat zien hoe")
    static let thisHelped = Text("This helped", "Dit hielp")
    static let notSolvedYet = Text("Not solved yet", "Nog niet opgelost")

    static func answeredYou(_ name: String) -> Text {
        Text("\(name) answered your question", "\(name) beantwoordde jouw vraag")
    }

    static let nothingForYou = Text("No answers wait for you.", "Er wachten geen antwoorden op je.")
    static let nothingNew = Text(
        "Colleagues shared nothing new.", "Collega's deelden niets nieuws.")
    static let nobodyAsksYou = Text(
        "Nobody asks something that you offer.", "Niemand vraagt iets wat jij biedt.")
    static let sayWhatYouOffer = Text(
        "Say what you know about, and questions about it come here:",
        "Zeg waar je van weet, dan komen vragen daarover hier:")
    static let profileInOrder = Text("Your profile in order", "Je profiel op orde")
    static let profileLacks = Text("Still missing:", "Nog niet ingevuld:")
    static let fillItIn = Text("Fill it in", "Vul het in")
    static let ourBrain = Text("Our collective brain", "Ons collectief brein")

    static func allTopics(_ count: Int) -> Text {
        Text("All \(count, "topic", "topics")", "Alle \(count, "onderwerp", "onderwerpen")")
    }

    static func onlyInYourHead(_ topic: String) -> Text {
        Text("\(topic) is only in your head", "\(topic) zit alleen in jouw hoofd")
    }

    static let nudgeMeans = Text(
        "What is obvious to you is new to another. One experience is enough.",
        "Wat voor jou vanzelf spreekt, is voor een ander nieuw. Eén ervaring is genoeg.")

    static func nudgeAsked(_ count: Int) -> Text {
        Text(
            "\(count, "colleague asks", "colleagues ask") about it.",
            "\(count, "collega vraagt", "collega's vragen") ernaar.")
    }

    static let writeItDown = Text("Write it down", "Schrijf het op")

    // MARK: - The first day

    static let beginHere3 = Text("Begin here", "Begin hier")
    static let beginProfile = Text("Say what you know and need", "Zeg wat je weet en zoekt")
    static let beginProfileWhy = Text(
        "Two minutes; then colleagues' questions find you.",
        "Twee minuten; dan vinden vragen van collega's jou.")
    static let beginShare = Text("Share one thing that you did", "Deel één ding dat je deed")
    static let beginShareWhy = Text(
        "What you did and what came of it. Rough is fine.",
        "Wat je deed en wat ervan kwam. Ruw is prima.")
    static let beginInvite = Text("Invite a colleague", "Nodig een collega uit")
    static let beginInviteWhy = Text(
        "They join with a code, without any server.",
        "Meedoen gaat met een code, zonder server.")
    static let beginImport = Text(
        "Take in notes that you have", "Neem notities op die je al hebt")
    static let beginImportWhy = Text(
        "A folder of Markdown, in a terminal on this laptop:",
        "Een map met Markdown, in een terminal op deze laptop:")
    static let importFolder = Text("weonomy import FOLDER", "weonomy import MAP")

    // MARK: - The brain

    static let whatWeKnow = Text(
        "What we know together, and where it hangs on one person.",
        "Wat we samen weten, en waar het van één persoon afhangt.")
    static let whereItHangsOnOne = Text(
        "Topics: who knows them, and where it hangs on one person",
        "Onderwerpen: wie ze kent, en waar het van één persoon afhangt")
    static let whoKnows = Text("Who knows", "Wie het weten")
    static let whoOffers = Text("Who offers help", "Wie hulp biedt")
    static let riskWord = Text("Risk", "Risico")

    static func only(_ name: String) -> Text { Text("only \(name)", "alleen \(name)") }

    static let spread = Text("spread", "verspreid")
    static let justBegun = Text("just begun", "net begonnen")
    static let keyPerson = Text("key person", "sleutelfiguur")
    static let unmetNeed = Text("unmet need", "onvervulde behoefte")
    static let nobodyLeft = Text("nobody here knows it", "niemand hier kent het")
    static let spreadThis = Text("Spread this", "Verspreid dit")
    static let onlyInHead = Text("only in a head", "alleen in een hoofd")
    static let unmetTwoDays = Text(
        "without an answer for two days", "al twee dagen zonder antwoord")
    static let validatedShares = Text("validated, of what can be", "bevestigd, van wat dat kan")
    static let uniqueShares = Text(
        "said for the first time", "voor het eerst gezegd")
    static let demandMet = Text(
        "of asked topics someone can help with", "van gevraagde onderwerpen kan iemand helpen")
    static let answersThatTeach = Text("of answers teach", "van de antwoorden leert het aan")
    static let usefulLaterTitle = Text(
        "Shared unasked, asked later", "Ongevraagd gedeeld, later gevraagd")
    static let usefulLaterMeans = Text(
        "A question on the same topic came after the share.",
        "Na de bijdrage kwam er een vraag over hetzelfde onderwerp.")
    static let usefulLater = Text(
        "of shares met a later question", "van de bijdragen paste bij een latere vraag")

    static func medianAnswer(hours: Int) -> Text {
        hours < 1
            ? Text(
                "Half of the questions have a first answer within an hour.",
                "De helft van de vragen heeft binnen een uur een eerste antwoord.")
            : Text(
                "Half of the questions have a first answer within \(hours + 1, "hour", "hours").",
                "De helft van de vragen heeft binnen \(hours + 1, "uur", "uur") een eerste antwoord."
            )
    }

    static let fireDrill = Text("Fire drill", "Brandoefening")
    static let fireDrillMeans = Text(
        "What would we lose if someone were away for a long time?",
        "Wat zouden we missen als iemand lang weg was?")
    static let whoIsAway = Text("Without", "Zonder")
    static let showIt = Text("Show", "Toon")

    static let lostWord = Text("Shares lost", "Bijdragen kwijt")
    static let whoCouldLearn = Text("Who could take over", "Wie het kan overnemen")

    static let overlapTitle = Text(
        "Where needs and offers meet", "Waar vraag en aanbod elkaar raken")
    static let overlapMeans = Text(
        "A we-onomy arises where what one needs is what another knows.",
        "Een we-onomie ontstaat waar de een zoekt wat de ander weet.")
    static let noneOfThem = Text("None.", "Geen.")
    static let noTopicsYet = Text("There are no topics yet.", "Er zijn nog geen onderwerpen.")

    static func andMore(_ count: Int) -> Text {
        Text("And \(count) more.", "En nog \(count).")
    }

    static let askAboutIt = Text("Ask about it", "Vraag erover")
    static let shareAboutIt = Text("Share about it", "Deel erover")
    static let nobodyAsksThis = Text("Nobody asks about it.", "Niemand vraagt ernaar.")
    static let nobodyShared = Text(
        "Nobody has shared about it.", "Niemand heeft er iets over gedeeld.")

    // MARK: - Goals

    static let goalsTitle = Text("Goals", "Doelen")
    static let setGoal = Text("Set a goal", "Stel een doel")
    static let dropGoal = Text("Give it up", "Geef het op")
    static let whichFigure = Text("Which figure", "Welk cijfer")
    static let goalTopic = Text("Of which topic", "Van welk onderwerp")
    static let goalTopicHint = Text(
        "Empty for the whole brain.", "Leeg voor het hele brein.")
    static let goalMin = Text("At least", "Ten minste")

    // MARK: - Questions

    static let needsTitle = Text("Questions", "Vragen")
    static let needsLead = Text(
        "What colleagues need. An answer may be short, or show how.",
        "Wat collega's nodig hebben. Een antwoord mag kort, of laat zien hoe.")
    static let waitsForAnswer = Text("Waits for an answer", "Wacht op antwoord")
    static let answeredNotSolved = Text("Answered, not solved yet", "Beantwoord, nog niet opgelost")
    static let solvedLately = Text("Solved lately", "Pas opgelost")
    static let allAnswered = Text("Every question has an answer.", "Elke vraag heeft een antwoord.")
    static let nobodyAsked = Text("Nobody has asked anything yet.", "Er is nog niets gevraagd.")

    // MARK: - People

    static let peopleTitle = Text("People", "Mensen")
    static let peopleLead = Text(
        "Who knows what, and what they want to learn.", "Wie wat weet, en wat ze willen leren.")
    static let offersWord = Text("Offers", "Biedt")
    static let learnsWord = Text("Wants to learn", "Wil leren")
    static let roleWord = Text("Role", "Rol")
    static let answersFor = Text("Answers for", "Staat voor")
    static let resultWord = Text("Result", "Resultaat")
    static let languagesWord = Text("Languages", "Talen")
    static let contactWord = Text("How to reach", "Bereikbaar")
    static let confirmedWord = Text("Checked", "Nagekeken")
    static let emptyProfile = Text("Nothing is filled in yet.", "Er is nog niets ingevuld.")
    static let profileIsComplete = Text("Your profile is complete.", "Je profiel is compleet.")
    static let roleHint = Text("What you do in the team.", "Wat je in het team doet.")
    static let contactHint = Text(
        "A phone number, a mail address, a room.", "Een telefoonnummer, een mailadres, een kamer.")
    static let offerHint = Text(
        "One topic that you can help with.", "Eén onderwerp waarmee je kunt helpen.")
    static let levelWord = Text("How well you know it", "Hoe goed je het kent")
    static let dutyWhat = Text("What you answer for", "Waar je voor staat")
    static let dutyHint = Text(
        "With what should come of it, and what it is good for.",
        "Met wat ervan moet komen, en waar het goed voor is.")
    static let languageCode = Text("Language", "Taal")
    static let languageHint = Text("Its code: nl, en, de.", "De code: nl, en, de.")
    static let stillTrue = Text("Still true?", "Klopt het nog?")
    static let stillTrueMeans = Text(
        "Say so now and then, so that colleagues can rely on it.",
        "Zeg het af en toe, dan kunnen collega's erop rekenen.")
    static let allStillTrue = Text("All of it is still true", "Alles klopt nog")

    // MARK: - Search

    static func searchFor(_ query: String) -> Text { Text("Search: \(query)", "Zoeken: \(query)") }

    static let askColleagues = Text("Ask your colleagues", "Vraag het je collega's")
    static let previousPage = Text("Previous page", "Vorige pagina")
    static let nextPage = Text("Next page", "Volgende pagina")
    static let pagesOfResults = Text("Pages of results", "Pagina's met resultaten")
    static let searchWords = Text("Search words", "Zoekwoorden")
}
