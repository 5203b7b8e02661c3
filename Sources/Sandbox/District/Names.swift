/// Invented people. The real APIs send names, so the sandbox does: none may appear in a log or in a state.
enum Names {
    private static let first = [
        "Amara", "Bruno", "Chidi", "Daria", "Elio", "Farah", "Gustav", "Hana", "Imani", "Jonas", "Keiko", "Leila",
        "Mateo", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tamsin", "Ulla", "Viktor", "Wanda", "Yusuf",
    ]
    private static let last = [
        "Abernathy", "Brzezinski", "Castellano", "Drummond", "Echeverria", "Fitzwilliam", "Grunwald", "Hollander",
        "Iwasaki", "Jankowski", "Kowalczyk", "Lindqvist", "Mbeki", "Novakova", "Okonkwo", "Pemberton", "Quintanilla",
        "Rasmussen", "Szymanski", "Thistlewood", "Underhill", "Vasquez", "Wojciechowski", "Zielinska",
    ]

    static func first(_ index: Int) -> String {
        first[(index &* 7 &+ 3) % first.count]
    }

    static func last(_ index: Int) -> String {
        last[(index / first.count &* 11 &+ index) % last.count]
    }
}
