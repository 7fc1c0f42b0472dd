/// Character references: all numeric ones, and by name those of HTML 4 and of ASCII.
///
/// HTML 5 has 2,125 names, most of them for mathematics; the others stay as they are written.
enum MarkdownEntities {
    /// The longest name, in bytes.
    static let nameBytesMax = 8

    /// Reads the reference whose `&` stands at `index`: what it stands for and where it ends.
    static func read(
        _ bytes: [UInt8], at index: Int, before end: Int
    ) -> (scalar: Unicode.Scalar, end: Int)? {
        if bytes.byte(index + 1, before: end) == 0x23 {
            return numeric(bytes, at: index + 2, before: end)
        }
        var place = index + 1
        while place < end, place - index <= nameBytesMax, bytes[place].isASCIIAlphanumeric {
            place += 1
        }
        guard place > index + 1, bytes.byte(place, before: end) == 0x3B,
            let scalar = named[String(decoding: bytes[(index + 1)..<place], as: UTF8.self)]
        else { return nil }
        return (scalar, place + 1)
    }

    private static func numeric(
        _ bytes: [UInt8], at index: Int, before end: Int
    ) -> (scalar: Unicode.Scalar, end: Int)? {
        let isHexadecimal = bytes.byte(index, before: end) | 0x20 == 0x78
        let start = isHexadecimal ? index + 1 : index
        let digitsMax = isHexadecimal ? 6 : 7
        var place = start
        var value: UInt32 = 0
        while place < end, place - start < digitsMax,
            let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue,
            isHexadecimal || digit < 10
        {
            value = value * (isHexadecimal ? 16 : 10) + UInt32(digit)
            place += 1
        }
        guard place > start, bytes.byte(place, before: end) == 0x3B else { return nil }
        let scalar = value == 0 ? nil : Unicode.Scalar(value)
        return (scalar ?? "\u{FFFD}", place + 1)
    }

    static let named: [String: Unicode.Scalar] = {
        var named: [String: Unicode.Scalar] = [:]
        func add(_ names: String, from first: UInt32) {
            for (number, name) in names.split(separator: " ").enumerated() {
                named[String(name)] = Unicode.Scalar(first + UInt32(number))
            }
        }
        add(latin, from: 160)
        add("Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu", from: 913)
        add("Xi Omicron Pi Rho", from: 926)
        add("Sigma Tau Upsilon Phi Chi Psi Omega", from: 931)
        add("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu", from: 945)
        add("xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega", from: 958)
        let others = (symbols + " " + ascii).split(separator: " ")
        for (name, code) in zip(others, others.dropFirst()) {
            if let code = UInt32(code) { named[String(name)] = Unicode.Scalar(code) }
        }
        return named
    }()

    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg \
        plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 \
        iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml \
        Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
        Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
        egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde \
        ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
        """

    private static let symbols = """
        bull 8226 hellip 8230 prime 8242 Prime 8243 oline 8254 frasl 8260 weierp 8472 \
        image 8465 real 8476 trade 8482 alefsym 8501 larr 8592 uarr 8593 rarr 8594 darr 8595 \
        harr 8596 crarr 8629 lArr 8656 uArr 8657 rArr 8658 dArr 8659 hArr 8660 forall 8704 \
        part 8706 exist 8707 empty 8709 nabla 8711 isin 8712 notin 8713 ni 8715 prod 8719 \
        sum 8721 minus 8722 lowast 8727 radic 8730 prop 8733 infin 8734 ang 8736 and 8743 \
        or 8744 cap 8745 cup 8746 int 8747 there4 8756 sim 8764 cong 8773 asymp 8776 ne 8800 \
        equiv 8801 le 8804 ge 8805 sub 8834 sup 8835 nsub 8836 sube 8838 supe 8839 oplus 8853 \
        otimes 8855 perp 8869 sdot 8901 lceil 8968 rceil 8969 lfloor 8970 rfloor 8971 \
        lang 10216 rang 10217 loz 9674 spades 9824 clubs 9827 hearts 9829 diams 9830 OElig 338 \
        oelig 339 Scaron 352 scaron 353 Yuml 376 fnof 402 circ 710 tilde 732 thetasym 977 \
        upsih 978 piv 982 ensp 8194 emsp 8195 thinsp 8201 zwnj 8204 zwj 8205 lrm 8206 rlm 8207 \
        ndash 8211 mdash 8212 lsquo 8216 rsquo 8217 sbquo 8218 ldquo 8220 rdquo 8221 bdquo 8222 \
        dagger 8224 Dagger 8225 permil 8240 lsaquo 8249 rsaquo 8250 euro 8364 check 10003 \
        star 9734 hyphen 8208
        """

    private static let ascii = """
        Tab 9 NewLine 10 excl 33 quot 34 num 35 dollar 36 percnt 37 amp 38 apos 39 lpar 40 \
        rpar 41 ast 42 plus 43 comma 44 period 46 sol 47 colon 58 semi 59 lt 60 equals 61 gt 62 \
        quest 63 commat 64 lbrack 91 bsol 92 rbrack 93 lowbar 95 grave 96 lcub 123 verbar 124 \
        vert 124 rcub 125
        """
}

extension [UInt8] {
    /// Where what `range` stands for is found, with escapes and references resolved: `range`
    /// itself where it has none, else at the end of the bytes.
    ///
    /// Without `hasEscapes`, a backslash is one.
    mutating func unescaped(_ range: Range<Int>, hasEscapes: Bool = true) -> Range<Int> {
        guard self[range].contains(where: { $0 == 0x5C && hasEscapes || $0 == 0x26 }) else {
            return range
        }
        let start = count
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = self[index]
            if byte == 0x5C, hasEscapes,
                self.byte(index + 1, before: range.upperBound).isASCIIPunctuation
            {
                index += 1
                append(self[index])
            } else if byte == 0x26,
                let found = MarkdownEntities.read(self, at: index, before: range.upperBound)
            {
                append(contentsOf: UTF8.encode(found.scalar) ?? .init())
                index = found.end
                continue
            } else {
                append(byte)
            }
            index += 1
        }
        return start..<count
    }
}
