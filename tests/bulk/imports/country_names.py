"""Countries as people, shops and mailing tools write them, by the language of whoever writes. Code, then name."""

from __future__ import annotations

COUNTRY_NAMES = {
    "en": """
        AF Afghanistan | AX Åland Islands | AX Aland Islands | AL Albania | DZ Algeria | AS American Samoa |
        AD Andorra | AO Angola | AI Anguilla | AQ Antarctica | AG Antigua & Barbuda | AG Antigua and Barbuda |
        AR Argentina | AM Armenia | AW Aruba | AU Australia | AT Austria | AZ Azerbaijan | BS Bahamas |
        BS The Bahamas | BS Bahamas, The | BH Bahrain | BD Bangladesh | BB Barbados | BY Belarus | PW Belau |
        BE Belgium | BZ Belize | BJ Benin | BM Bermuda | BT Bhutan | BO Bolivia |
        BO Bolivia, Plurinational State of | BO Plurinational State of Bolivia |
        BQ Bonaire, Saint Eustatius and Saba | BQ Bonaire, Sint Eustatius and Saba | BQ Caribbean Netherlands |
        BQ Bonaire | BA Bosnia | BA Bosnia and Herzegovina | BA Bosnia-Herzegovina | BW Botswana |
        BV Bouvet Island | BR Brazil | IO British Indian Ocean Territory | VG British Virgin Islands |
        VG Virgin Islands (British) | BN Brunei | BN Brunei Darussalam | BG Bulgaria | BF Burkina Faso |
        BF Burkina | BI Burundi | KH Cambodia | KH Kampuchea | CM Cameroon | CA Canada | CV Cape Verde |
        CV Cabo Verde | KY Cayman Islands | CF Central African Republic | TD Chad | CL Chile | CN China |
        CN PR China | CN P.R. China | CN P.R.C. | CN Mainland China | CN People's Republic of China |
        CN China, People's Republic of | CX Christmas Island | CC Cocos (Keeling) Islands | CO Colombia |
        KM Comoros | CG Congo (Brazzaville) | CD Congo (Kinshasa) | CD Congo, Democratic Republic |
        CD Congo, Democratic Republic of the | CD Democratic Republic of Congo | CD Congo (Dem. Rep.) |
        CD Dem. Rep. Congo | CG Congo, Republic of | CG Congo, Republic of the | CG Congo (Republic) |
        CD D.R. Congo | CD DR Congo | CK Cook Islands | CR Costa Rica | HR Croatia | CU Cuba | CW Curaçao |
        CW Curacao | CY Cyprus | CZ Czech Republic | CZ Czechia | CZ Czech Rep. | CZ Czech Rep | DK Denmark |
        DJ Djibouti | DM Dominica | DO Dominican Republic | DO Dominican Rep. | DO Dom. Rep. | EC Ecuador |
        EG Egypt | EG Arab Republic of Egypt | SV El Salvador | GQ Equatorial Guinea | ER Eritrea | EE Estonia |
        SZ Eswatini | SZ Swaziland | ET Ethiopia | FK Falkland Islands | FK Falkland Islands (Malvinas) |
        FO Faroe Islands | FO Faeroe Islands | FO Faroes | FJ Fiji | FJ Fiji Islands | FI Finland | FR France |
        FR Metropolitan France | FR France, Metropolitan | FR Mainland France | GF French Guiana |
        PF French Polynesia | PF Tahiti | TF French Southern Territories | GA Gabon | GM Gambia | GM The Gambia |
        GM Gambia, The | GE Georgia | GE Republic of Georgia | DE Germany | DE West Germany | DE GER |
        DE Fed. Rep. of Germany | GH Ghana | GI Gibraltar | GR Greece | GL Greenland | GD Grenada |
        GP Guadeloupe | GU Guam | GT Guatemala | GG Guernsey | GN Guinea | GN Republic of Guinea |
        GN Guinea-Conakry | GN Guinea (Conakry) | GW Guinea-Bissau | GW Guinea Bissau | GY Guyana | HT Haiti |
        HM Heard Island and McDonald Islands | HN Honduras | HK Hong Kong | HK Hong Kong S.A.R. |
        HK Hong Kong, China | HK Hong Kong SAR | HK HK SAR | HU Hungary | IS Iceland | IN India | ID Indonesia |
        IR Iran | IR Iran (Islamic Republic of) | IR Islamic Republic of Iran | IQ Iraq | IE Ireland |
        IE Republic of Ireland | IE Eire | IE Southern Ireland | IE Ireland, Republic of | IE Ireland (Republic) |
        IM Isle of Man | IM Man, Isle of | IL Israel | IT Italy | CI Ivory Coast | CI The Ivory Coast |
        JM Jamaica | JP Japan | JE Jersey | JO Jordan | KZ Kazakhstan | KZ Kazakstan | KE Kenya | KI Kiribati |
        KW Kuwait | KG Kyrgyzstan | KG Kyrgyz Republic | LA Laos | LA Lao People's Democratic Republic |
        LA Lao P.D.R. | LA Lao PDR | LV Latvia | LB Lebanon | LS Lesotho | LR Liberia | LY Libya |
        LY Libyan Arab Jamahiriya | LI Liechtenstein | LI Lichtenstein | LT Lithuania | LU Luxembourg |
        LU Luxemburg | MO Macao | MO Macao S.A.R., China | MO Macau | MO Macau (China) | MK North Macedonia |
        MK Macedonia (FYROM) | MK FYROM | MK F.Y.R.O.M. | MK Macedonia | MK Republic of North Macedonia |
        MG Madagascar | MW Malawi | MY Malaysia | MV Maldives | MV The Maldives | ML Mali | MT Malta |
        MH Marshall Islands | MQ Martinique | MR Mauritania | MU Mauritius | YT Mayotte | MX Mexico |
        FM Micronesia | FM Micronesia (Federated States of) | FM Micronesia, Federated States of |
        FM Federated States of Micronesia | MD Moldova | MD Moldova (Republic of) | MC Monaco | MN Mongolia |
        ME Montenegro | MS Montserrat | MA Morocco | MZ Mozambique | MM Myanmar | MM Burma | MM Union of Myanmar |
        NA Namibia | NR Nauru | NP Nepal | NL Netherlands | NL The Netherlands | NL Netherlands, The |
        NL Netherlands (The) | NL Holland | NL The Netherlands (Holland) | NC New Caledonia | NZ New Zealand |
        NI Nicaragua | NE Niger | NG Nigeria | NU Niue | NF Norfolk Island | KP North Korea | KP Korea (North) |
        KP Korea, North | KP Korea, Democratic People's Republic of | KP Korea (DPRK) | KP DPRK | KP N. Korea |
        MP Northern Mariana Islands | NO Norway | OM Oman | PK Pakistan | PW Palau | PS Palestinian Territory |
        PS Palestine, State of | PS Palestinian Territory, Occupied | PS Palestinian Authority | PS West Bank |
        PA Panama | PG Papua New Guinea | PG PNG | PY Paraguay | PE Peru | PH Philippines | PH The Philippines |
        PN Pitcairn | PN Pitcairn Islands | PL Poland | PT Portugal | PR Puerto Rico | QA Qatar | RE Reunion |
        RE Reunion Island | RE Réunion | RO Romania | RO Rumania | RU Russia | RU Russian Federation |
        RU Russian Fed. | RW Rwanda | BL Saint Barthélemy | BL Saint Barthelemy | BL St. Barths | BL St Barts |
        SH Saint Helena | SH St Helena | KN Saint Kitts and Nevis | KN St. Kitts & Nevis | LC Saint Lucia |
        LC St Lucia | MF Saint Martin (French part) | MF St. Martin | SX Saint Martin (Dutch part) |
        SX Sint Maarten (Dutch part) | SX St. Maarten | PM Saint Pierre and Miquelon | PM St. Pierre & Miquelon |
        VC Saint Vincent and the Grenadines | VC St. Vincent | VC St Vincent & the Grenadines | WS Samoa |
        WS Western Samoa | SM San Marino | ST Sao Tome and Principe | ST São Tomé and Príncipe |
        ST Sao Tome & Principe | SA Saudi Arabia | SA KSA | SA Kingdom of Saudi Arabia | SN Senegal | RS Serbia |
        RS Republic of Serbia | SC Seychelles | SL Sierra Leone | SG Singapore | SK Slovakia |
        SK Slovak Republic | SK Slovak Rep. | SI Slovenia | SB Solomon Islands | SO Somalia | ZA South Africa |
        ZA S. Africa | ZA Republic of South Africa | GS South Georgia/Sandwich Islands |
        GS South Georgia and the South Sandwich Islands | GS South Georgia | KR South Korea | KR Korea (South) |
        KR Korea, South | KR S. Korea | KR Korea (Rep.) | KR Korea (Republic of) | KR Korea, Republic of |
        KR Republic of Korea | KR Korea Republic | KR Rep. of Korea | KR R.O.K. | SS South Sudan | ES Spain |
        LK Sri Lanka | LK Ceylon | SD Sudan | SR Suriname | SR Surinam | SJ Svalbard and Jan Mayen | SJ Svalbard |
        SE Sweden | CH Switzerland | SY Syria | SY Syrian Arab Republic | TW Taiwan | TW Taiwan (ROC) |
        TW Taiwan, R.O.C. | TW Taiwan, Republic of China | TW Taiwan, Province of China | TJ Tajikistan |
        TJ Tadjikistan | TZ Tanzania | TZ United Republic of Tanzania | TZ Tanzania, United Republic of |
        TH Thailand | TL Timor-Leste | TL East Timor | TG Togo | TK Tokelau | TO Tonga | TT Trinidad and Tobago |
        TT Trinidad & Tobago | TN Tunisia | TR Turkey | TR Türkiye | TR Turkiye | TR Turkey (Türkiye) |
        TM Turkmenistan | TC Turks and Caicos Islands | TC Turks & Caicos | TV Tuvalu | UG Uganda | UA Ukraine |
        UA The Ukraine | AE United Arab Emirates | AE U.A.E. | AE UAE | AE Dubai | AE Abu Dhabi | AE The UAE |
        GB United Kingdom (UK) | GB United Kingdom | GB Great Britain | GB U.K. | GB UK | GB England |
        GB Scotland | GB Wales | GB Northern Ireland | GB N. Ireland | GB N Ireland | GB The United Kingdom |
        GB United Kingdom of Great Britain and Northern Ireland | GB United Kingdom, England | GB England, UK |
        GB England (UK) | GB Scotland (UK) | GB England, United Kingdom | GB GB (United Kingdom) |
        GB UK - United Kingdom | US United States (US) | US United States | US United States of America |
        US United States of America (USA) | US The United States of America | US U.S.A. | US U.S.A | US U.S |
        US U S A | US U. S. A. | US USA | US America | US States | US The States | US US of A |
        US United States (USA) | US US - United States | US U.S. of America | US United  States |
        UM United States (US) Minor Outlying Islands | UM US Minor Outlying Islands |
        UM United States Minor Outlying Islands | UY Uruguay | UZ Uzbekistan | VU Vanuatu | VA Vatican |
        VA Vatican City | VA Vatican City State | VA Holy See (Vatican City State) |
        VA Vatican City State (Holy See) | VE Venezuela | VE Venezuela, Bolivarian Republic of |
        VE Venezuela (Bolivarian Republic of) | VE Bolivarian Republic of Venezuela | VN Vietnam | VN Viet Nam |
        VN Viet-Nam | VN Socialist Republic of Vietnam | VI Virgin Islands (US) | VI Virgin Islands (U.S.) |
        VI United States (US) Virgin Islands | VI U.S. Virgin Islands | VI US Virgin Islands | VI USVI |
        WF Wallis and Futuna | WF Wallis & Futuna | EH Western Sahara | YE Yemen | YE Republic of Yemen |
        ZM Zambia | ZW Zimbabwe | XK Kosovo | XK Republic of Kosovo | XK Kosovo (Republic of) | XK KOS | XK XKX |
        XK XKO
    """,
    "it": """
        US Stati Uniti | US Stati Uniti d'America | US Stati Uniti D'America | US Stati Uniti (USA) | US S.U.A. |
        US Stati Uniti Americani | US USA (Stati Uniti) | US gli Stati Uniti | GB Regno Unito | GB Inghilterra |
        GB Scozia | GB Galles | GB Gran Bretagna | GB Gran Bretagna (UK) | GB Irlanda del Nord |
        GB Regno Unito di Gran Bretagna e Irlanda del Nord | GB Il Regno Unito | CZ Repubblica Ceca |
        CZ Rep. Ceca | CZ Cechia | CZ Cekia | CZ Ceca, Repubblica | CZ Repubblica ceca (Cechia) | SK Slovacchia |
        SK Repubblica Slovacca | DE Germania | DE Repubblica Federale di Germania |
        DE Repubblica Federale Tedesca | DE La Germania | FR Francia | FR Repubblica Francese | ES Spagna |
        ES Regno di Spagna | PT Portogallo | CH Svizzera | CH Confederazione Svizzera |
        CH Confederazione Elvetica | AT Austria | AT Repubblica d'Austria | NL Paesi Bassi | NL Olanda |
        NL I Paesi Bassi | NL Paesi Bassi (Olanda) | BE Belgio | LU Lussemburgo | DK Danimarca | SE Svezia |
        NO Norvegia | FI Finlandia | IS Islanda | IE Irlanda | IE Repubblica d'Irlanda | IE Eire | PL Polonia |
        HU Ungheria | RO Romania | BG Bulgaria | GR Grecia | HR Croazia | SI Slovenia | RS Serbia |
        BA Bosnia ed Erzegovina | BA Bosnia Erzegovina | BA Bosnia-Erzegovina | BA Bosnia e Erzegovina |
        ME Montenegro | MK Macedonia | MK Macedonia del Nord | MK Ex Repubblica Jugoslava di Macedonia |
        AL Albania | XK Kosovo | XK Repubblica del Kosovo | TR Turchia | CY Cipro | MT Malta | RU Russia |
        RU Federazione Russa | RU Federazione di Russia | UA Ucraina | BY Bielorussia | BY Bielorussia (Belarus) |
        MD Moldavia | MD Moldova | EE Estonia | LV Lettonia | LT Lituania | GE Georgia | AM Armenia |
        AZ Azerbaigian | AZ Azerbaijan | KZ Kazakistan | KZ Kazakhstan | CN Cina | CN Repubblica Popolare Cinese |
        CN Cina (Repubblica Popolare) | JP Giappone | KR Corea del Sud | KR Sud Corea | KR Repubblica di Corea |
        KR Corea (Sud) | KR Corea, Repubblica di | KP Corea del Nord | KP Nord Corea | IN India | ID Indonesia |
        TH Tailandia | TH Thailandia | VN Vietnam | PH Filippine | SG Singapore | MY Malesia | MY Malaysia |
        HK Hong Kong | MO Macao | TW Taiwan | AE Emirati Arabi Uniti | AE Emirati Arabi | AE E.A.U. | AE EAU |
        SA Arabia Saudita | IL Israele | LB Libano | JO Giordania | SY Siria | EG Egitto | MA Marocco |
        TN Tunisia | DZ Algeria | LY Libia | ZA Sudafrica | ZA Sud Africa | ZA Repubblica Sudafricana |
        NG Nigeria | KE Kenia | KE Kenya | ET Etiopia | CI Costa d'Avorio | CV Capo Verde |
        CD Repubblica Democratica del Congo | CD Congo, Repubblica Democratica del | CG Repubblica del Congo |
        BR Brasile | AR Argentina | CL Cile | MX Messico | PE Perù | PE Peru' | CO Colombia | VE Venezuela |
        UY Uruguay | PY Paraguay | BO Bolivia | EC Ecuador | CU Cuba | DO Repubblica Dominicana |
        DO Santo Domingo | DO Rep. Dominicana | HT Haiti | CA Canada | AU Australia | NZ Nuova Zelanda |
        VA Città del Vaticano | VA Vaticano | VA Santa Sede | VA Stato della Città del Vaticano | SM San Marino |
        SM Repubblica di San Marino | SM RSM | SM R.S.M. | MC Monaco | MC Principato di Monaco | MC Montecarlo |
        LI Liechtenstein | AD Andorra | IT Italia | IT Repubblica Italiana | IT ITALIA (IT) | IT Italy |
        IT IT - Italia | MM Birmania | SZ Swaziland | FO Isole Faroe | FO Isole Fær Øer | FO Isole Faroer |
        GP Guadalupa | MQ Martinica | RE Riunione | RE La Réunion | GF Guyana francese | PF Polinesia francese |
        NC Nuova Caledonia | VI Isole Vergini Americane | VG Isole Vergini Britanniche | KH Cambogia |
        JM Giamaica | GL Groenlandia | CF Repubblica Centrafricana | PG Papua Nuova Guinea | TL Timor Est |
        PS Palestina | PS Territori Palestinesi | ZW Zimbabwe | MZ Mozambico | SN Senegal | IQ Iraq | IQ Irak |
        IR Iran | QA Qatar | KW Kuwait | LK Sri Lanka | NP Nepal | PK Pakistan | BD Bangladesh | AF Afghanistan |
        ES Isole Canarie | PT Isole Azzorre | PT Madeira | JE Jersey | GG Guernsey | IM Isola di Man
    """,
    "de": """
        US Vereinigte Staaten | US Vereinigte Staaten von Amerika | US Vereinigte Staaten (USA) | US USA |
        US Die Vereinigten Staaten | US Amerika | US V.S.A. | GB Vereinigtes Königreich |
        GB Vereinigtes Koenigreich | GB Großbritannien | GB Grossbritannien | GB Gross-Britannien | GB England |
        GB Schottland | GB Nordirland | GB Wales | GB Großbritannien (UK) |
        GB Vereinigtes Königreich von Großbritannien und Nordirland | GB Großbritannien und Nordirland |
        CZ Tschechien | CZ Tschechische Republik | CZ Tschechei | CZ Tschechische Rep. | SK Slowakei |
        SK Slowakische Republik | DE Deutschland | DE Bundesrepublik Deutschland | DE BR Deutschland | DE B.R.D. |
        DE BRD | DE Deutschland (DE) | DE DE-Deutschland | DE Deutschl. | DE Dtschl. | FR Frankreich |
        FR Französische Republik | ES Spanien | ES Königreich Spanien | PT Portugal | IT Italien |
        IT Italienische Republik | CH Schweiz | CH Die Schweiz | CH Schweizerische Eidgenossenschaft |
        CH CH-Schweiz | AT Österreich | AT Oesterreich | AT Republik Österreich | AT OESTERREICH | AT Osterreich |
        NL Niederlande | NL Die Niederlande | NL Holland | NL Königreich der Niederlande | BE Belgien |
        LU Luxemburg | DK Dänemark | DK Daenemark | DK Danemark | SE Schweden | NO Norwegen | FI Finnland |
        IS Island | IE Irland | IE Republik Irland | PL Polen | HU Ungarn | RO Rumänien | RO Rumaenien |
        BG Bulgarien | GR Griechenland | HR Kroatien | SI Slowenien | RS Serbien | BA Bosnien und Herzegowina |
        BA Bosnien-Herzegowina | BA Bosnien u. Herzegowina | BA Bosnien | ME Montenegro | MK Mazedonien |
        MK Nordmazedonien | MK Makedonien | AL Albanien | XK Kosovo | XK Republik Kosovo | TR Türkei |
        TR Tuerkei | TR Die Türkei | TR Turkei | CY Zypern | MT Malta | RU Russland | RU Rußland |
        RU Russische Föderation | RU Russische Foederation | UA Ukraine | UA Die Ukraine | BY Weißrussland |
        BY Weissrussland | BY Belarus | MD Moldau | MD Moldawien | MD Republik Moldau | EE Estland | LV Lettland |
        LT Litauen | GE Georgien | AM Armenien | AZ Aserbaidschan | KZ Kasachstan | CN China |
        CN Volksrepublik China | CN VR China | JP Japan | KR Südkorea | KR Suedkorea | KR Republik Korea |
        KR Korea (Süd) | KR Süd-Korea | KR Korea, Republik | KP Nordkorea | KP Nord-Korea | IN Indien |
        ID Indonesien | TH Thailand | VN Vietnam | PH Philippinen | SG Singapur | MY Malaysia | HK Hongkong |
        HK Hong-Kong | MO Macau | MO Macao | TW Taiwan | AE Vereinigte Arabische Emirate | AE VAE | AE V.A.E. |
        AE Ver. Arab. Emirate | SA Saudi-Arabien | SA Saudi Arabien | SA Saudiarabien | IL Israel | LB Libanon |
        JO Jordanien | SY Syrien | EG Ägypten | EG Aegypten | EG Agypten | MA Marokko | TN Tunesien |
        DZ Algerien | LY Libyen | ZA Südafrika | ZA Suedafrika | ZA Republik Südafrika | NG Nigeria | KE Kenia |
        ET Äthiopien | ET Aethiopien | CI Elfenbeinküste | CI Elfenbeinkueste | CV Kap Verde | CV Kapverden |
        CD Demokratische Republik Kongo | CD Kongo, Demokratische Republik | CD DR Kongo |
        CD Kongo (Demokratische Republik) | CG Republik Kongo | CG Kongo (Republik) | BR Brasilien |
        AR Argentinien | CL Chile | MX Mexiko | PE Peru | CO Kolumbien | VE Venezuela | BO Bolivien | EC Ecuador |
        EC Ekuador | CU Kuba | DO Dominikanische Republik | DO Dom. Republik | CA Kanada | AU Australien |
        NZ Neuseeland | VA Vatikan | VA Vatikanstadt | VA Heiliger Stuhl | VA Vatikanstaat | SM San Marino |
        MC Monaco | LI Liechtenstein | LI Fürstentum Liechtenstein | MM Birma | MM Burma | SZ Swasiland |
        FO Färöer | FO Färöer-Inseln | FO Faeroeer | RE Réunion | GF Französisch-Guayana | GF Französisch Guyana |
        PF Französisch-Polynesien | NC Neukaledonien | VI Amerikanische Jungferninseln |
        VG Britische Jungferninseln | KH Kambodscha | JM Jamaika | GL Grönland | GL Groenland |
        CF Zentralafrikanische Republik | PG Papua-Neuguinea | TL Osttimor | PS Palästina | PS Palaestina |
        PS Palästinensische Gebiete | ZW Simbabwe | MZ Mosambik | SN Senegal | IQ Irak | IR Iran | QA Katar |
        KW Kuwait | TZ Tansania | RW Ruanda | TD Tschad | DJ Dschibuti | FJ Fidschi | MV Malediven |
        MU Mauritius | SC Seychellen | ES Kanarische Inseln | ES Mallorca | ES Balearen | IM Insel Man |
        KG Kirgisistan | KG Kirgistan | TJ Tadschikistan | UZ Usbekistan | TM Turkmenistan | YE Jemen | OM Oman |
        BH Bahrain | SV El Salvador | NI Nicaragua | NI Nikaragua | UY Uruguay | PY Paraguay | HT Haiti |
        CR Costa Rica | PR Puerto Rico
    """,
    "fr": """
        US États-Unis | US Etats-Unis | US Etats Unis | US Les États-Unis | US États-Unis d'Amérique |
        US Etats-Unis d'Amérique | US États-Unis (USA) | US USA (États-Unis) | US Amérique | GB Royaume-Uni |
        GB Royaume Uni | GB Le Royaume-Uni | GB Grande-Bretagne | GB Grande Bretagne | GB La Grande-Bretagne |
        GB Angleterre | GB Écosse | GB Ecosse | GB Pays de Galles | GB Irlande du Nord | GB Royaume-Uni (UK) |
        CZ République tchèque | CZ Republique tcheque | CZ Tchéquie | CZ Rép. tchèque | CZ Rép. Tchèque |
        CZ Tchèque (République) | CZ Tchèque, République | SK Slovaquie | SK République slovaque |
        SK Rép. slovaque | DE Allemagne | DE L'Allemagne | DE République fédérale d'Allemagne | DE RFA |
        FR France | FR La France | FR République française | FR France métropolitaine |
        FR France (métropolitaine) | FR France continentale | ES Espagne | ES L'Espagne | ES Royaume d'Espagne |
        IT Italie | IT L'Italie | PT Portugal | CH Suisse | CH La Suisse | CH Confédération suisse | AT Autriche |
        AT L'Autriche | NL Pays-Bas | NL Pays Bas | NL Les Pays-Bas | NL Hollande | NL La Hollande | BE Belgique |
        BE La Belgique | BE Royaume de Belgique | LU Luxembourg | LU Grand-Duché de Luxembourg |
        LU Grand Duché du Luxembourg | DK Danemark | SE Suède | NO Norvège | FI Finlande | IS Islande |
        IE Irlande | IE République d'Irlande | PL Pologne | HU Hongrie | RO Roumanie | BG Bulgarie | GR Grèce |
        HR Croatie | SI Slovénie | RS Serbie | BA Bosnie-Herzégovine | BA Bosnie Herzegovine | BA Bosnie |
        ME Monténégro | MK Macédoine | MK Macédoine du Nord | AL Albanie | XK Kosovo | XK République du Kosovo |
        TR Turquie | CY Chypre | MT Malte | RU Russie | RU Fédération de Russie | RU Russie (Fédération de) |
        RU Russie, Fédération de | UA Ukraine | BY Biélorussie | BY Bélarus | MD Moldavie |
        MD République de Moldavie | EE Estonie | LV Lettonie | LT Lituanie | LT Lithuanie | GE Géorgie |
        AM Arménie | AZ Azerbaïdjan | KZ Kazakhstan | CN Chine | CN République populaire de Chine | CN RPC |
        JP Japon | KR Corée du Sud | KR Corée (Sud) | KR République de Corée | KR Corée, République de |
        KR Corée (République de) | KP Corée du Nord | KP Corée (RPD) | IN Inde | ID Indonésie | TH Thaïlande |
        VN Vietnam | VN Viêt Nam | VN Viêt-Nam | PH Philippines | SG Singapour | MY Malaisie | HK Hong Kong |
        HK Hong-Kong | MO Macao | TW Taïwan | TW Taiwan | AE Émirats arabes unis | AE Emirats Arabes Unis |
        AE EAU | AE E.A.U. | AE Les Émirats arabes unis | SA Arabie saoudite | IL Israël | LB Liban |
        JO Jordanie | SY Syrie | EG Égypte | EG Egypte | MA Maroc | MA Royaume du Maroc | TN Tunisie |
        DZ Algérie | LY Libye | ZA Afrique du Sud | ZA République d'Afrique du Sud | NG Nigéria | NG Nigeria |
        NE Niger | KE Kenya | ET Éthiopie | ET Ethiopie | CI Côte d'Ivoire | CI Cote d'Ivoire | CI Côte-d'Ivoire |
        CI Côte d'Ivoire | CI RCI | CV Cap-Vert | CV Cap Vert | CD RDC | CD R.D.C. |
        CD République démocratique du Congo | CD Congo (RDC) | CD Congo, République démocratique du |
        CD Congo-Kinshasa | CG Congo-Brazzaville | CG République du Congo | CG Congo (République du) | BR Brésil |
        AR Argentine | CL Chili | MX Mexique | PE Pérou | CO Colombie | VE Vénézuela | VE Venezuela | BO Bolivie |
        EC Équateur | EC Equateur | CU Cuba | DO République dominicaine | DO Rép. dominicaine | HT Haïti |
        CA Canada | AU Australie | NZ Nouvelle-Zélande | NZ Nouvelle Zelande | VA Vatican | VA Cité du Vatican |
        VA Saint-Siège | SM Saint-Marin | MC Monaco | MC Principauté de Monaco | MC Monaco (Principauté) |
        LI Liechtenstein | AD Andorre | AD Principauté d'Andorre | MM Birmanie | SZ Swaziland | FO Îles Féroé |
        FO Iles Féroé | GP Guadeloupe | MQ Martinique | RE La Réunion | RE Réunion | RE Ile de la Réunion |
        RE Île de la Réunion | GF Guyane française | GF Guyane | YT Mayotte | PF Polynésie française | PF Tahiti |
        NC Nouvelle-Calédonie | PM Saint-Pierre-et-Miquelon | PM St Pierre et Miquelon | BL Saint-Barthélemy |
        BL St-Barthélemy | MF Saint-Martin | MF Saint-Martin (partie française) |
        SX Saint-Martin (partie néerlandaise) | WF Wallis-et-Futuna | KH Cambodge | JM Jamaïque | GL Groenland |
        CF République centrafricaine | CF Centrafrique | PG Papouasie-Nouvelle-Guinée | TL Timor oriental |
        PS Palestine | PS Territoires palestiniens | ZW Zimbabwe | MZ Mozambique | SN Sénégal | IQ Irak |
        IQ Iraq | IR Iran | QA Qatar | KW Koweït | MU Maurice | MU Île Maurice | MU Ile Maurice | MR Mauritanie |
        TD Tchad | CM Cameroun | GA Gabon | GN Guinée | GW Guinée-Bissau | GQ Guinée équatoriale | BJ Bénin |
        BF Burkina Faso | ML Mali | TG Togo | MG Madagascar | KM Comores | SC Seychelles | LB Le Liban |
        PT Açores | ES Îles Canaries | JE Jersey | IM Île de Man
    """,
    "es": """
        US Estados Unidos | US EE.UU. | US EE. UU. | US EEUU | US EE UU | US E.E.U.U. | US EE.UU | US E.U.A. |
        US Estados Unidos de América | US Estados Unidos de Norteamérica | US Estados Unidos (EE.UU.) |
        US Los Estados Unidos | US USA (Estados Unidos) | US Estados Unidos de America (USA) | GB Reino Unido |
        GB Gran Bretaña | GB Inglaterra | GB Escocia | GB Gales | GB País de Gales | GB Irlanda del Norte |
        GB El Reino Unido | GB Reino Unido (UK) | CZ República Checa | CZ Republica Checa | CZ Rep. Checa |
        CZ Rep Checa | CZ Chequia | CZ Checa, República | CZ Checa (República) | SK Eslovaquia |
        SK República Eslovaca | DE Alemania | DE República Federal de Alemania | DE RFA | FR Francia | ES España |
        ES Espana | ES Reino de España | IT Italia | PT Portugal | CH Suiza | CH Confederación Suiza |
        AT Austria | NL Países Bajos | NL Paises Bajos | NL Los Países Bajos | NL Holanda |
        NL Países Bajos (Holanda) | NL Holanda (Países Bajos) | BE Bélgica | LU Luxemburgo | DK Dinamarca |
        SE Suecia | NO Noruega | FI Finlandia | IS Islandia | IE Irlanda | IE República de Irlanda | PL Polonia |
        HU Hungría | RO Rumanía | RO Rumania | BG Bulgaria | GR Grecia | HR Croacia | SI Eslovenia | RS Serbia |
        BA Bosnia y Herzegovina | BA Bosnia-Herzegovina | BA Bosnia Herzegovina | ME Montenegro | MK Macedonia |
        MK Macedonia del Norte | AL Albania | XK Kosovo | TR Turquía | TR Turquia | CY Chipre | MT Malta |
        RU Rusia | RU Federación Rusa | RU Federación de Rusia | UA Ucrania | BY Bielorrusia | BY Belarús |
        MD Moldavia | MD Moldova | EE Estonia | LV Letonia | LT Lituania | GE Georgia | AM Armenia |
        AZ Azerbaiyán | KZ Kazajistán | KZ Kazajstán | CN China | CN República Popular China |
        CN República Popular de China | JP Japón | JP Japon | KR Corea del Sur | KR Corea (Sur) |
        KR República de Corea | KR Corea, República de | KP Corea del Norte | IN India | IN La India |
        ID Indonesia | TH Tailandia | VN Vietnam | PH Filipinas | SG Singapur | MY Malasia | HK Hong Kong |
        MO Macao | TW Taiwán | AE Emiratos Árabes Unidos | AE Emiratos Arabes | AE EAU | AE EE.AA.UU. |
        AE Emiratos Árabes | SA Arabia Saudí | SA Arabia Saudita | SA Arabia Saudi | IL Israel | LB Líbano |
        LB El Líbano | JO Jordania | SY Siria | EG Egipto | MA Marruecos | TN Túnez | DZ Argelia | LY Libia |
        ZA Sudáfrica | ZA Suráfrica | ZA Republica Sudafricana | NG Nigeria | KE Kenia | KE Kenya | ET Etiopía |
        CI Costa de Marfil | CV Cabo Verde | CD República Democrática del Congo |
        CD Congo, República Democrática del | CG República del Congo | BR Brasil | AR Argentina |
        AR República Argentina | AR La Argentina | CL Chile | MX México | MX Mexico | MX Méjico |
        MX Estados Unidos Mexicanos | MX MEX | MX Mejico | PE Perú | PE El Perú | CO Colombia | VE Venezuela |
        VE República Bolivariana de Venezuela | UY Uruguay | PY Paraguay | BO Bolivia |
        BO Estado Plurinacional de Bolivia | EC Ecuador | CU Cuba | DO República Dominicana | DO Rep. Dominicana |
        DO Rep. Dom. | DO Santo Domingo | HT Haití | CA Canadá | AU Australia | NZ Nueva Zelanda |
        NZ Nueva Zelandia | VA Ciudad del Vaticano | VA Vaticano | VA Santa Sede | SM San Marino | MC Mónaco |
        LI Liechtenstein | AD Andorra | AD Principado de Andorra | MM Birmania | SZ Suazilandia | SZ Esuatini |
        FO Islas Feroe | GP Guadalupe | MQ Martinica | RE Reunión | RE La Reunión | GF Guayana Francesa |
        GF Guyana Francesa | PF Polinesia Francesa | NC Nueva Caledonia |
        VI Islas Vírgenes de los Estados Unidos | VI Islas Vírgenes Americanas | VI Islas Vírgenes (EE.UU.) |
        VG Islas Vírgenes Británicas | KH Camboya | JM Jamaica | GL Groenlandia | CF República Centroafricana |
        PG Papúa Nueva Guinea | PG Papúa-Nueva Guinea | TL Timor Oriental | PS Palestina |
        PS Territorios Palestinos | ZW Zimbabue | ZW Zimbabwe | MZ Mozambique | SN Senegal | IQ Irak | IQ Iraq |
        IR Irán | QA Catar | QA Qatar | KW Kuwait | PA Panamá | CR Costa Rica | SV El Salvador | HN Honduras |
        NI Nicaragua | GT Guatemala | PR Puerto Rico | ES Islas Canarias | ES Canarias | ES Baleares |
        ES Islas Baleares | ES Ceuta | ES Melilla | GQ Guinea Ecuatorial | GW Guinea-Bisáu | GN Guinea |
        TT Trinidad y Tobago | BS Bahamas | BZ Belice | CW Curazao | AW Aruba | FK Islas Malvinas | GI Gibraltar |
        IM Isla de Man
    """,
    "nl": """
        US Verenigde Staten | US Verenigde Staten van Amerika | US De Verenigde Staten | US VS | US V.S. |
        US Amerika | GB Verenigd Koninkrijk | GB Het Verenigd Koninkrijk | GB Groot-Brittannië |
        GB Groot Brittannie | GB Groot-Brittanië | GB Engeland | GB Schotland | GB Wales | GB Noord-Ierland |
        GB VK | GB V.K. | CZ Tsjechië | CZ Tsjechie | CZ Tsjechische Republiek | SK Slowakije | SK Slovakije |
        SK Slowaakse Republiek | DE Duitsland | DE Bondsrepubliek Duitsland | DE DUITSLAND | FR Frankrijk |
        ES Spanje | IT Italië | IT Italie | PT Portugal | CH Zwitserland | AT Oostenrijk | NL Nederland |
        NL Holland | NL Koninkrijk der Nederlanden | NL Nederland (NL) | NL NEDERLAND | NL Ned. | NL NLD |
        BE België | BE Belgie | BE Belgïe | BE Koninkrijk België | LU Luxemburg | DK Denemarken | SE Zweden |
        NO Noorwegen | FI Finland | IS IJsland | IS Ijsland | IE Ierland | IE Republiek Ierland | PL Polen |
        HU Hongarije | RO Roemenië | RO Roemenie | BG Bulgarije | GR Griekenland | HR Kroatië | HR Kroatie |
        SI Slovenië | SI Slovenie | RS Servië | RS Servie | BA Bosnië en Herzegovina | BA Bosnie-Herzegovina |
        BA Bosnië-Herzegovina | BA Bosnië | ME Montenegro | MK Macedonië | MK Noord-Macedonië |
        MK Noord Macedonie | AL Albanië | AL Albanie | XK Kosovo | TR Turkije | CY Cyprus | MT Malta |
        RU Rusland | RU Russische Federatie | UA Oekraïne | UA Oekraine | BY Wit-Rusland | BY Belarus |
        BY Witrusland | MD Moldavië | MD Moldavie | EE Estland | LV Letland | LT Litouwen | GE Georgië |
        GE Georgie | AM Armenië | AZ Azerbeidzjan | KZ Kazachstan | CN China | CN Volksrepubliek China |
        JP Japan | KR Zuid-Korea | KR Zuid Korea | KR Republiek Korea | KP Noord-Korea | IN India | ID Indonesië |
        ID Indonesie | TH Thailand | VN Vietnam | PH Filipijnen | PH Filippijnen | SG Singapore | MY Maleisië |
        MY Maleisie | HK Hongkong | HK Hong Kong | MO Macau | TW Taiwan | AE Verenigde Arabische Emiraten |
        AE VAE | AE Ver. Arabische Emiraten | SA Saoedi-Arabië | SA Saudi-Arabië | SA Saoedi Arabie | IL Israël |
        IL Israel | LB Libanon | JO Jordanië | SY Syrië | EG Egypte | MA Marokko | TN Tunesië | TN Tunesie |
        DZ Algerije | LY Libië | ZA Zuid-Afrika | ZA Zuid Afrika | NG Nigeria | KE Kenia | ET Ethiopië |
        CI Ivoorkust | CV Kaapverdië | CV Kaap Verdië | CV Kaapverdische Eilanden |
        CD Democratische Republiek Congo | CD Congo, Democratische Republiek | CG Republiek Congo | BR Brazilië |
        BR Brazilie | AR Argentinië | AR Argentinie | CL Chili | MX Mexico | PE Peru | CO Colombia |
        VE Venezuela | BO Bolivia | EC Ecuador | CU Cuba | DO Dominicaanse Republiek | DO Dominicaanse Rep. |
        HT Haïti | CA Canada | AU Australië | AU Australie | NZ Nieuw-Zeeland | NZ Nieuw Zeeland |
        VA Vaticaanstad | VA Vaticaan | SM San Marino | MC Monaco | LI Liechtenstein | AD Andorra | MM Birma |
        MM Myanmar | SZ Swaziland | FO Faeröer | FO Faeröer Eilanden | RE Réunion | GF Frans-Guyana |
        PF Frans-Polynesië | NC Nieuw-Caledonië | VI Amerikaanse Maagdeneilanden | VG Britse Maagdeneilanden |
        KH Cambodja | JM Jamaica | GL Groenland | CF Centraal-Afrikaanse Republiek | PG Papoea-Nieuw-Guinea |
        TL Oost-Timor | PS Palestina | ZW Zimbabwe | MZ Mozambique | SN Senegal | IQ Irak | IR Iran | QA Qatar |
        KW Koeweit | SR Suriname | CW Curaçao | CW Curacao | AW Aruba | SX Sint Maarten | SX St. Maarten |
        BQ Bonaire | BQ Caribisch Nederland | ES Canarische Eilanden | TZ Tanzania | RW Rwanda | ER Eritrea |
        SO Somalië | SD Soedan | SS Zuid-Soedan | AF Afghanistan | LK Sri Lanka | NP Nepal | MN Mongolië |
        KG Kirgizië | KG Kirgizstan | UZ Oezbekistan | TJ Tadzjikistan
    """,
    "pt": """
        US Estados Unidos | US Estados Unidos da América | US Estados Unidos da America | US EUA | US E.U.A. |
        US Os Estados Unidos | US EUA (Estados Unidos) | GB Reino Unido | GB O Reino Unido | GB Grã-Bretanha |
        GB Gra-Bretanha | GB Inglaterra | GB Escócia | GB País de Gales | GB Irlanda do Norte |
        CZ República Checa | CZ República Tcheca | CZ Tchéquia | CZ Chéquia | CZ Rep. Tcheca |
        CZ Checa, República | SK Eslováquia | SK República Eslovaca | DE Alemanha |
        DE República Federal da Alemanha | FR França | FR Franca | FR A França | ES Espanha | IT Itália |
        IT Italia | PT Portugal | PT República Portuguesa | PT Portugal Continental | PT Açores | PT Madeira |
        PT Ilha da Madeira | CH Suíça | CH Suiça | AT Áustria | NL Países Baixos | NL Paises Baixos | NL Holanda |
        NL Os Países Baixos | BE Bélgica | LU Luxemburgo | DK Dinamarca | SE Suécia | NO Noruega | FI Finlândia |
        IS Islândia | IE Irlanda | IE República da Irlanda | PL Polônia | PL Polónia | PL Polonia | HU Hungria |
        RO Romênia | RO Roménia | BG Bulgária | GR Grécia | HR Croácia | SI Eslovênia | SI Eslovénia | RS Sérvia |
        BA Bósnia e Herzegovina | BA Bósnia-Herzegovina | BA Bósnia | ME Montenegro | MK Macedônia |
        MK Macedónia | MK Macedônia do Norte | MK Macedónia do Norte | AL Albânia | XK Kosovo | XK Cossovo |
        TR Turquia | CY Chipre | MT Malta | RU Rússia | RU Federação Russa | RU Federação da Rússia | UA Ucrânia |
        BY Bielorrússia | BY Belarus | BY Bielorússia | MD Moldávia | MD Moldova | EE Estônia | EE Estónia |
        LV Letônia | LV Letónia | LT Lituânia | GE Geórgia | AM Armênia | AM Arménia | AZ Azerbaijão |
        KZ Cazaquistão | CN China | CN República Popular da China | CN R.P. China | JP Japão | JP Japao |
        KR Coreia do Sul | KR Coréia do Sul | KR República da Coreia | KR Coreia (Sul) | KP Coreia do Norte |
        IN Índia | ID Indonésia | TH Tailândia | VN Vietnã | VN Vietname | VN Vietnam | PH Filipinas |
        SG Singapura | SG Cingapura | MY Malásia | HK Hong Kong | MO Macau | MO RAEM | TW Taiwan |
        AE Emirados Árabes Unidos | AE Emirados Arabes Unidos | AE EAU | AE Emirados | SA Arábia Saudita |
        IL Israel | LB Líbano | JO Jordânia | SY Síria | EG Egito | EG Egipto | MA Marrocos | TN Tunísia |
        DZ Argélia | LY Líbia | ZA África do Sul | ZA Africa do Sul | NG Nigéria | KE Quênia | KE Quénia |
        ET Etiópia | CI Costa do Marfim | CV Cabo Verde | CD República Democrática do Congo |
        CG República do Congo | AO Angola | MZ Moçambique | GW Guiné-Bissau | ST São Tomé e Príncipe |
        ST Sao Tome e Principe | TL Timor-Leste | TL Timor Leste | BR Brasil | BR República Federativa do Brasil |
        BR BRASIL | BR O Brasil | AR Argentina | CL Chile | MX México | PE Peru | CO Colômbia | VE Venezuela |
        UY Uruguai | PY Paraguai | BO Bolívia | EC Equador | CU Cuba | DO República Dominicana | HT Haiti |
        CA Canadá | CA Canada | AU Austrália | NZ Nova Zelândia | VA Vaticano | VA Cidade do Vaticano |
        VA Santa Sé | SM San Marino | SM São Marinho | MC Mônaco | MC Mónaco | LI Liechtenstein |
        LI Listenstaine | AD Andorra | MM Birmânia | MM Mianmar | SZ Suazilândia | SZ Essuatíni | FO Ilhas Faroé |
        FO Ilhas Feroe | RE Reunião | GF Guiana Francesa | PF Polinésia Francesa | NC Nova Caledônia |
        NC Nova Caledónia | VI Ilhas Virgens Americanas | VG Ilhas Virgens Britânicas | KH Camboja | JM Jamaica |
        GL Groenlândia | GL Gronelândia | CF República Centro-Africana | PG Papua-Nova Guiné |
        PG Papua Nova Guiné | PS Palestina | ZW Zimbábue | ZW Zimbabué | SN Senegal | IQ Iraque | IR Irã |
        IR Irão | QA Catar | KW Kuwait | KW Coveite | GQ Guiné Equatorial | GN Guiné | ES Ilhas Canárias |
        TZ Tanzânia | UG Uganda | RW Ruanda | LK Sri Lanka | PK Paquistão | AF Afeganistão | BD Bangladesh |
        NP Nepal | MU Maurício | MU Maurícia | MU Ilhas Maurício | TT Trinidad e Tobago | TT Trindade e Tobago |
        BS Bahamas
    """,
    "pl": """
        US Stany Zjednoczone | US Stany Zjednoczone Ameryki | US Stany Zjednoczone (USA) |
        US Stany Zjednoczone Ameryki Północnej | US Ameryka | GB Wielka Brytania | GB Zjednoczone Królestwo |
        GB Zjednoczone Krolestwo | GB Anglia | GB Szkocja | GB Walia | GB Irlandia Północna | GB W. Brytania |
        GB Zjednoczone Królestwo Wielkiej Brytanii i Irlandii Północnej | CZ Czechy | CZ Republika Czeska |
        CZ Rep. Czeska | SK Słowacja | SK Slowacja | SK Republika Słowacka | DE Niemcy |
        DE Republika Federalna Niemiec | DE RFN | FR Francja | ES Hiszpania | IT Włochy | IT Wlochy |
        PT Portugalia | CH Szwajcaria | AT Austria | NL Holandia | NL Niderlandy | NL Królestwo Niderlandów |
        BE Belgia | LU Luksemburg | DK Dania | SE Szwecja | NO Norwegia | FI Finlandia | IS Islandia |
        IE Irlandia | IE Republika Irlandii | PL Polska | PL POLSKA | PL Rzeczpospolita Polska | PL Polska (PL) |
        HU Węgry | HU Wegry | RO Rumunia | BG Bułgaria | BG Bulgaria | GR Grecja | HR Chorwacja | SI Słowenia |
        RS Serbia | BA Bośnia i Hercegowina | BA Bosnia i Hercegowina | BA Bośnia | ME Czarnogóra |
        ME Czarnogora | MK Macedonia | MK Macedonia Północna | AL Albania | XK Kosowo | TR Turcja | CY Cypr |
        MT Malta | RU Rosja | RU Federacja Rosyjska | UA Ukraina | BY Białoruś | BY Bialorus | MD Mołdawia |
        MD Moldawia | EE Estonia | LV Łotwa | LV Lotwa | LT Litwa | GE Gruzja | AM Armenia | AZ Azerbejdżan |
        KZ Kazachstan | CN Chiny | CN Chińska Republika Ludowa | CN ChRL | JP Japonia | KR Korea Południowa |
        KR Korea Poludniowa | KR Republika Korei | KR Korea Płd. | KP Korea Północna | KP Korea Płn. | IN Indie |
        ID Indonezja | TH Tajlandia | VN Wietnam | PH Filipiny | SG Singapur | MY Malezja | HK Hongkong |
        MO Makau | TW Tajwan | AE Zjednoczone Emiraty Arabskie | AE ZEA | AE Emiraty Arabskie |
        SA Arabia Saudyjska | IL Izrael | LB Liban | JO Jordania | SY Syria | EG Egipt | MA Maroko | TN Tunezja |
        DZ Algieria | LY Libia | ZA RPA | ZA Republika Południowej Afryki | ZA Afryka Południowa | NG Nigeria |
        KE Kenia | ET Etiopia | CI Wybrzeże Kości Słoniowej | CI WKS | CV Republika Zielonego Przylądka |
        CV Wyspy Zielonego Przylądka | CD Demokratyczna Republika Konga | CD DRK | CG Republika Konga |
        BR Brazylia | AR Argentyna | CL Chile | MX Meksyk | PE Peru | CO Kolumbia | VE Wenezuela | UY Urugwaj |
        PY Paragwaj | BO Boliwia | EC Ekwador | CU Kuba | DO Dominikana | DO Republika Dominikańska |
        DO Republika Dominikany | HT Haiti | CA Kanada | AU Australia | NZ Nowa Zelandia | VA Watykan |
        VA Państwo Watykańskie | VA Stolica Apostolska | SM San Marino | MC Monako | LI Liechtenstein |
        AD Andora | MM Birma | MM Mjanma | SZ Suazi | SZ Eswatini | FO Wyspy Owcze | RE Reunion |
        GF Gujana Francuska | PF Polinezja Francuska | NC Nowa Kaledonia |
        VI Wyspy Dziewicze Stanów Zjednoczonych | VI Amerykańskie Wyspy Dziewicze |
        VG Brytyjskie Wyspy Dziewicze | KH Kambodża | JM Jamajka | GL Grenlandia |
        CF Republika Środkowoafrykańska | PG Papua-Nowa Gwinea | PG Papua Nowa Gwinea | TL Timor Wschodni |
        PS Palestyna | ZW Zimbabwe | MZ Mozambik | SN Senegal | IQ Irak | IR Iran | QA Katar | KW Kuwejt |
        ES Wyspy Kanaryjskie | IM Wyspa Man | GQ Gwinea Równikowa | GN Gwinea | GW Gwinea Bissau | KG Kirgistan |
        UZ Uzbekistan | TJ Tadżykistan | SD Sudan | TD Czad | CM Kamerun | MG Madagaskar | MU Mauritius |
        SC Seszele | MV Malediwy | CR Kostaryka | PA Panama | SV Salwador
    """,
    "own": """
        SE Sverige | NO Norge | NO Noreg | DK Danmark | FI Suomi | IS Ísland | EE Eesti | LV Latvija |
        LT Lietuva | CZ Česko | CZ Česká republika | CZ Ceska republika | CZ ČR | SK Slovensko |
        SK Slovenská republika | HU Magyarország | HU Magyarorszag | RO România | BG България | GR Ελλάδα |
        GR Ελλάς | GR Ellada | GR Hellas | HR Hrvatska | HR Republika Hrvatska | SI Slovenija |
        SI Republika Slovenija | RS Srbija | RS Србија | BA Bosna i Hercegovina | ME Crna Gora |
        MK Северна Македонија | MK Severna Makedonija | AL Shqipëria | AL Shqipëri | XK Kosova | XK Kosovë |
        XK Republika e Kosovës | TR Türkiye | TR Türkiye Cumhuriyeti | CY Κύπρος | CY Kypros | RU Россия |
        RU Российская Федерация | UA Україна | UA Ukrayina | BY Беларусь | MD Republica Moldova | GE საქართველო |
        GE Sakartvelo | AM Հայաստան | AZ Azərbaycan | KZ Қазақстан | CN 中国 | CN 中华人民共和国 | CN 中國 |
        JP 日本 | JP Nippon | KR 대한민국 | KR 한국 | TW 台灣 | TW 臺灣 | HK 香港 | MO 澳門 | IN भारत |
        IN Bharat | TH ประเทศไทย | TH ไทย | VN Việt Nam | ID Indonesia | MY Malaysia | PH Pilipinas | IL ישראל |
        SA المملكة العربية السعودية | SA السعودية | AE الإمارات العربية المتحدة | AE الإمارات | EG مصر |
        MA المغرب | MA Al-Maghrib | TN تونس | DZ الجزائر | LB لبنان | IR ایران | IE Éire | GB Cymru |
        LU Lëtzebuerg | CH Svizra | CH Helvetia | CH Confoederatio Helvetica | MT Malta | KH កម្ពុជា | ET ኢትዮጵያ |
        GL Kalaallit Nunaat | FO Føroyar | AX Åland | HU Ungarn | AD Andorra | BE Belgique/België |
        BE België/Belgique | BE Belgium (België) | CH Schweiz/Suisse/Svizzera | PS فلسطين | JO الأردن |
        IQ العراق | QA قطر | KW الكويت | OM عمان | YE اليمن | SY سوريا | LY ليبيا | SD السودان | PK پاکستان |
        LK ශ්‍රී ලංකාව | NP नेपाल | BD বাংলাদেশ | MM မြန်မာ | LA ລາວ | MN Монгол | MN Монгол Улс |
        ZA Suid-Afrika | KE Kenya | TZ Tanzania
    """,
    "codes": """
        DE de | DE DEU | DE 276 | DE 276.0 | US 840 | IT 380 | AF 004 | AT 040 | GB 826 | US USA | CH CHE |
        CH SUI | NL NED | NL NLD | DE GER | DK DEN | DK DNK | GR GRE | GR GRC | PT POR | PT PRT | HR CRO |
        HR HRV | SI SVN | ZA RSA | AE UAE | BG BUL | BG BGR | LV LAT | RO ROM | GB UK | GR EL | GB ENG | GB SCO |
        GB NIR | DE 🇩🇪 | IT 🇮🇹 | IT 🇮🇹 Italia | US 🇺🇸 United States | US United States 🇺🇸 | GB 🏴󠁧󠁢󠁥󠁮󠁧󠁿 |
        GB 🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland | DE DE - Germany | DE DE: Germany | DE [DE] Germany | DE (DE) Germany |
        DE Germany [DE] | DE Germany, DE | DE Germany - DE | DE Germany (DEU) | DE DEU - Germany | DE germany_de |
        DE Germany DE | DE "Germany" | DE Germany. | DE germany | DE GERMANY | DE Germany, | DE Ger-many |
        DE GERMANY (FEDERAL REPUBLIC) | US us-en | US United_States | US united-states | US UnitedStates |
        GB united_kingdom | GB UnitedKingdom | IT italy_it | GB GB-ENG | HK China (Hong Kong) |
        HK Hong Kong (China) | HK China - Hong Kong | MO China, Macau | TW China (Taiwan) | TW Taiwan (China) |
        FR France (FR) | NL Netherlands (Holland) | NL Nederland / Netherlands | CH Suisse / Switzerland |
        KR Korea (the Republic of) | KP Korea (the Democratic People's Republic of) |
        US United States of America (the) | GB United Kingdom of Great Britain and Northern Ireland (the) |
        RU Russian Federation (the) | AE United Arab Emirates (the) | PH Philippines (the) |
        CD Congo (the Democratic Republic of the) | DO Dominican Republic (the) |
        CF Central African Republic (the) | NL Netherlands, Kingdom of the | NL Netherlands (Kingdom of the)
    """,
}


def pairs(language: str) -> list[tuple[str, str]]:
    """The names of a language, each with its country's code."""
    found = (one.strip() for one in COUNTRY_NAMES[language].split("|"))
    return [(one[3:], one[:2]) for one in found]
