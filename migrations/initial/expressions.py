"""The SQL of generated columns, indexes and checks."""

from django.db.models.expressions import RawSQL

# A city without accents, in lower case, for an index.
FOLDED_CITY = RawSQL(
    '(CASE WHEN octet_length("city") > char_length("city") THEN '
    'replace(replace(replace(replace(replace(replace(translate(lower(regexp_replace(normalize("city", NFKD), '
    "'[\u0300-\u036f]', '', 'g')), 'ŁłØøĐđĦħı', 'llooddhhi'), 'ß', 'ss'), 'ẞ', 'ss'), 'Æ', 'ae'), 'æ', 'ae'), 'Œ', "
    "'oe'), 'œ', 'oe') ELSE lower(\"city\") END)",
    (),
)

# What a lead is found by, as a tsvector.
LEAD_TERMS = RawSQL(
    "array_to_tsvector(array_remove(CASE\n"
    '        WHEN octet_length(("subject" || \' \' || "message")) >= 180 THEN '
    'regexp_split_to_array(regexp_replace(lower(regexp_replace(normalize(("subject" || \' \' || "message"), NFKD), '
    "'[\u0300-\u036f]', '', 'g')), '([^[:space:]]{255})', '\\1 ', 'g'), '[[:space:]@._+,"
    ";:/()<>''\\\"&|!*\\\\-]+')\n"
    '        WHEN octet_length(("subject" || \' \' || "message")) > char_length(("subject" || \' \' || "message")) '
    'THEN regexp_split_to_array(lower(regexp_replace(normalize(("subject" || \' \' || "message"), NFKD), '
    "'[\u0300-\u036f]', '', 'g')), '[[:space:]@._+,;:/()<>''\\\"&|!*\\\\-]+')\n"
    '        ELSE regexp_split_to_array(lower(("subject" || \' \' || "message")), \'[[:space:]@._+,'
    ";:/()<>''\\\"&|!*\\\\-]+')\n"
    "    END, ''))",
    (),
)

# What a mail is found by, as a tsvector.
MAIL_TERMS = RawSQL(
    "array_to_tsvector(array_remove(CASE\n"
    '        WHEN octet_length(("subject" || \' \' || left("body", 20000))) >= 180 THEN '
    'regexp_split_to_array(regexp_replace(lower(regexp_replace(normalize(("subject" || \' \' || left("body", '
    "20000)), NFKD), '[\u0300-\u036f]', '', 'g')), '([^[:space:]]{255})', '\\1 ', 'g'), '[[:space:]@._+,"
    ";:/()<>''\\\"&|!*\\\\-]+')\n"
    '        WHEN octet_length(("subject" || \' \' || left("body", 20000))) > char_length(("subject" || \' \' || '
    'left("body", 20000))) THEN regexp_split_to_array(lower(regexp_replace(normalize(("subject" || \' \' || '
    "left(\"body\", 20000)), NFKD), '[\u0300-\u036f]', '', 'g')), '[[:space:]@._+,"
    ";:/()<>''\\\"&|!*\\\\-]+')\n"
    '        ELSE regexp_split_to_array(lower(("subject" || \' \' || left("body", 20000))), \'[[:space:]@._+,'
    ";:/()<>''\\\"&|!*\\\\-]+')\n"
    "    END, ''))",
    (),
)

# An address as it identifies a person, for a check.
NORMAL_EMAIL = RawSQL(
    '((CASE WHEN octet_length("email") = char_length("email") THEN lower(btrim("email", \' \t\n'
    "\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    '\u2028\u2029\u202f\u205f\u3000\') COLLATE "C") ELSE translate(lower(btrim("email", \' \t\n'
    "\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000') COLLATE \"C\"), 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽ"
    "ĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƠƢƤƦƧƩƬƮƯƱƲƳƵƷƸƼǄǅǇǈǊǋǍǏǑǓǕǗǙǛǞǠǢǤǦǨǪǬǮǱǲǴǶǷǸǺǼǾȀȂȄȆȈȊȌȎ"
    "ȐȒȔȖȘȚȜȞȠȢȤȦȨȪȬȮȰȲȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΆΈΉΊΌΎΏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫϏϘϚϜϞϠϢϤϦϨϪϬϮϴϷϹϺϽϾϿЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГ"
    "ДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѶѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӁӃӅӇӉӋӍӐӒӔӖӘӚӜӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾԀԂԄԆ"
    "ԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖḀḂḄḆḈḊḌḎḐḒḔḖḘḚḜḞḠḢḤḦḨḪḬḮḰḲḴḶḸḺḼḾṀṂṄṆṈṊṌṎṐṒṔṖṘṚṜṞṠṢ"
    "ṤṦṨṪṬṮṰṲṴṶṸṺṼṾẀẂẄẆẈẊẌẎẐẒẔẞẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸỺỼỾἈἉἊἋἌἍἎἏἘἙἚἛἜἝἨἩἪἫἬἭἮἯἸἹἺἻἼἽἾἿὈὉὊὋ"
    "ὌὍὙὛὝὟὨὩὪὫὬὭὮὯᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾸᾹᾺΆᾼῈΈῊΉῌῘῙῚΊῨῩῪΎῬῸΌῺΏῼ', "
    "'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžɓƃƅɔƈɖɗƌǝəɛƒɠɣɩ"
    "ɨƙɯɲɵơƣƥʀƨʃƭʈưʊʋƴƶʒƹƽǆǆǉǉǌǌǎǐǒǔǖǘǚǜǟǡǣǥǧǩǫǭǯǳǳǵƕƿǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȝȟƞȣȥȧȩȫȭȯȱȳⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳάέήίόύώαβγδε"
    "ζηθικλμνξοπρστυφχψωϊϋϗϙϛϝϟϡϣϥϧϩϫϭϯθϸϲϻͻͼͽѐёђѓєѕіїјљњћќѝўџабвгдежзийклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѷѹѻѽѿҁҋҍ"
    "ҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӂӄӆӈӊӌӎӑӓӕӗәӛӝӟӡӣӥӧөӫӭӯӱӳӵӷӹӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջ"
    "ռսվտրցւփքօֆḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕßạảấầẩẫậắằẳẵặẹẻẽếềểễệỉ"
    "ịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹỻỽỿἀἁἂἃἄἅἆἇἐἑἒἓἔἕἠἡἢἣἤἥἦἧἰἱἲἳἴἵἶἷὀὁὂὃὄὅὑὓὕὗὠὡὢὣὤὥὦὧᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾰᾱὰάᾳὲέὴή"
    'ῃῐῑὶίῠῡὺύῥὸόὼώῳ\') END) COLLATE "default")',
    (),
)

# What a record is found by, as a tsvector.
RECORD_TERMS = RawSQL(
    "array_to_tsvector(array_remove(CASE\n"
    '        WHEN octet_length("email" || \' \' || "first_name" || \' \' || "last_name" || \' \' || "company_name" '
    "|| ' ' || COALESCE(\"number\", '') || CASE WHEN \"other_emails\" = '[]'::jsonb THEN '' ELSE ' ' || "
    "btrim(\"other_emails\"::text, '[]') END) >= 180 THEN "
    "regexp_split_to_array(regexp_replace(lower(regexp_replace(normalize(\"email\" || ' ' || \"first_name\" || ' ' "
    '|| "last_name" || \' \' || "company_name" || \' \' || COALESCE("number", \'\') || CASE WHEN "other_emails" = '
    "'[]'::jsonb THEN '' ELSE ' ' || btrim(\"other_emails\"::text, '[]') END, NFKD), '[\u0300-\u036f]', "
    "'', 'g')), '([^[:space:]]{255})', '\\1 ', 'g'), '[[:space:]@._+,;:/()<>''\\\"&|!*\\\\-]+')\n"
    '        WHEN octet_length("email" || \' \' || "first_name" || \' \' || "last_name" || \' \' || "company_name" '
    "|| ' ' || COALESCE(\"number\", '') || CASE WHEN \"other_emails\" = '[]'::jsonb THEN '' ELSE ' ' || "
    "btrim(\"other_emails\"::text, '[]') END) > char_length(\"email\" || ' ' || \"first_name\" || ' ' || "
    '"last_name" || \' \' || "company_name" || \' \' || COALESCE("number", \'\') || CASE WHEN "other_emails" = '
    "'[]'::jsonb THEN '' ELSE ' ' || btrim(\"other_emails\"::text, '[]') END) THEN "
    'regexp_split_to_array(lower(regexp_replace(normalize("email" || \' \' || "first_name" || \' \' || "last_name" '
    "|| ' ' || \"company_name\" || ' ' || COALESCE(\"number\", '') || CASE WHEN \"other_emails\" = '[]'::jsonb "
    "THEN '' ELSE ' ' || btrim(\"other_emails\"::text, '[]') END, NFKD), '[\u0300-\u036f]', '', 'g')), "
    "'[[:space:]@._+,;:/()<>''\\\"&|!*\\\\-]+')\n"
    "        ELSE regexp_split_to_array(lower(\"email\" || ' ' || \"first_name\" || ' ' || \"last_name\" || ' ' || "
    "\"company_name\" || ' ' || COALESCE(\"number\", '') || CASE WHEN \"other_emails\" = '[]'::jsonb THEN '' "
    "ELSE ' ' || btrim(\"other_emails\"::text, '[]') END), '[[:space:]@._+,;:/()<>''\\\"&|!*\\\\-]+')\n"
    "    END || CASE\n"
    "        WHEN \"phone\" ~ '^[+]?[0-9]*$' AND \"additional_phones\" = '[]'::jsonb\n"
    "            THEN ARRAY[ltrim(\"phone\", '+0'), regexp_replace(ltrim(\"phone\", '+0'), "
    "'^(1|7|2[07]|2[1-689][0-9]|3[0-469]|3[578][0-9]|4[013-9]|42[0-9]|5[1-8]|5[09][0-9]|6[0-6]|6[7-9][0-9]|8[1246"
    "]|8[0578][0-9]|9[0-58]|9[679][0-9])0*', '')]\n"
    '        ELSE string_to_array(regexp_replace(regexp_replace("phone" || \',\' || ("additional_phones")::text, '
    "'[^0-9,]', '', 'g'), '(^|,)0+', '\\1', 'g'), ',') || "
    'string_to_array(regexp_replace(regexp_replace(regexp_replace("phone" || \',\' || ("additional_phones")::text, '
    "'[^0-9,]', '', 'g'), '(^|,)0+', '\\1', 'g'), '(^|,"
    ")(1|7|2[07]|2[1-689][0-9]|3[0-469]|3[578][0-9]|4[013-9]|42[0-9]|5[1-8]|5[09][0-9]|6[0-6]|6[7-9][0-9]|8[1246]"
    "|8[0578][0-9]|9[0-58]|9[679][0-9])0*', '\\1', 'g'), ',')\n"
    "    END, ''))",
    (),
)

# What records are sorted by when they are sorted by name.
SORT_NAME = RawSQL(
    'lower(COALESCE(NULLIF(btrim("last_name" || \' \' || "first_name"), \'\'), "email"))',
    (),
)
