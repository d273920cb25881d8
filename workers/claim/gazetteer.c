#include "workers/claim/gazetteer.h"

#include "workers/claim/word.h"
#include "workers/decode/chars.h"

/* Lower case, sorted by bytes (gazetteer_check): countries and regions, capitals, large cities, and towns that wars and
 * elections have put into the news. No demonyms. */
static const char names[][GAZETTEER_BYTES] = {
	"aarhus", "aberdeen", "abidjan", "abkhazia", "abu dhabi", "abuja", "acapulco", "accra", "aceh", "adana", "addis ababa", "adelaide",
	"aden", "afghanistan", "africa", "afrin", "ahmedabad", "alabama", "alaska", "albania", "alberta", "aleppo", "alexandria", "algeria",
	"algiers", "amazon", "amman", "amsterdam", "anbar", "anchorage", "andorra", "angola", "ankara", "antananarivo", "antarctica",
	"antigua and barbuda", "antwerp", "arctic", "argentina", "arizona", "arkansas", "armenia", "ashgabat", "asia", "asmara", "assam",
	"astana", "asuncion", "aswan", "athens", "atlanta", "atlantic", "auckland", "austin", "australia", "austria", "azerbaijan", "baghdad",
	"bahamas", "bahrain", "bakhmut", "baku", "bali", "balkans", "balochistan", "baltic sea", "baltimore", "bamako", "bangalore", "bangkok",
	"bangladesh", "bangui", "banjul", "barbados", "barcelona", "basel", "basra", "baton rouge", "bavaria", "beijing", "beirut", "belarus",
	"belfast", "belgium", "belgorod", "belgrade", "belize", "bengaluru", "benghazi", "benin", "bergen", "berlin", "bern", "bethlehem",
	"bhutan", "biafra", "bihar", "bilbao", "birmingham", "bishkek", "black sea", "bogota", "bolivia", "bologna", "bombay", "bonn", "bordeaux",
	"borneo", "borno", "bosnia", "bosnia and herzegovina", "boston", "botswana", "bouake", "brasilia", "bratislava", "brazil", "brazzaville",
	"bremen", "brighton", "brisbane", "bristol", "britain", "british columbia", "brittany", "bronx", "brooklyn", "bruges", "brunei",
	"brussels", "bucharest", "budapest", "buenos aires", "buffalo", "bujumbura", "bukavu", "bulawayo", "bulgaria", "burkina faso", "burma",
	"burundi", "busan", "bushehr", "cairo", "calais", "calcutta", "calgary", "cali", "california", "cambodia", "cambridge", "cameroon",
	"canada", "canary islands", "canberra", "cancun", "cannes", "cape town", "cape verde", "caracas", "cardiff", "caribbean", "cartagena",
	"casablanca", "caspian sea", "catalonia", "cebu", "central african republic", "central america", "central asia", "chad", "charlotte",
	"chechnya", "chengdu", "chennai", "chiang mai", "chiapas", "chicago", "chile", "china", "chisinau", "chittagong", "chongqing",
	"christchurch", "cincinnati", "ciudad juarez", "cleveland", "cologne", "colombia", "colombo", "colorado", "columbus", "comoros",
	"conakry", "congo", "connecticut", "copenhagen", "cordoba", "cork", "cornwall", "corsica", "costa rica", "cote d'ivoire", "crete",
	"crimea", "croatia", "cuba", "cusco", "cyprus", "czech republic", "czechoslovakia", "da nang", "dagestan", "dakar", "dallas", "damascus",
	"dar es salaam", "daraa", "darfur", "darwin", "davao", "davos", "deir al-zor", "deir ez-zor", "deir ezzor", "deir ezzour", "delaware",
	"delhi", "democratic republic of congo", "denmark", "denver", "derna", "detroit", "dhaka", "diyarbakir", "djibouti", "dnipro", "doha",
	"dominica", "dominican republic", "donbas", "donbass", "donetsk", "douma", "dover", "dresden", "dubai", "dublin", "durban", "dushanbe",
	"dusseldorf", "east africa", "east germany", "east jerusalem", "east timor", "eastern europe", "ecuador", "edinburgh", "edmonton",
	"egypt", "el salvador", "england", "equatorial guinea", "erbil", "eritrea", "estonia", "eswatini", "ethiopia", "europe", "faisalabad",
	"falluja", "fallujah", "far east", "fez", "fiji", "finland", "florence", "florida", "fortaleza", "france", "frankfurt", "freetown",
	"fukushima", "gabon", "gaborone", "galway", "gambia", "gao", "gaza", "gaza strip", "gaziantep", "gdansk", "geneva", "genoa", "georgetown",
	"georgia", "germany", "ghana", "ghent", "ghouta", "giza", "glasgow", "goa", "golan heights", "goma", "gothenburg", "granada", "graz",
	"greece", "grenada", "grozny", "guadalajara", "guangzhou", "guatemala", "guatemala city", "guayaquil", "guinea", "guinea-bissau",
	"gujarat", "guyana", "haifa", "haiti", "hama", "hamburg", "hangzhou", "hanoi", "hanover", "harare", "hargeisa", "hasaka", "hasakah",
	"havana", "hawaii", "hebron", "helmand", "helsinki", "herat", "herzegovina", "hiroshima", "ho chi minh city", "hodeida", "hodeidah",
	"hollywood", "homs", "honduras", "hong kong", "honolulu", "houston", "hungary", "hyderabad", "ibiza", "iceland", "idaho", "idlib",
	"illinois", "incheon", "india", "indiana", "indianapolis", "indonesia", "iowa", "iran", "iraq", "irbil", "ireland", "isfahan",
	"islamabad", "israel", "istanbul", "italy", "ituri", "ivory coast", "izmir", "jaffna", "jakarta", "jalalabad", "jamaica", "japan", "java",
	"jeddah", "jenin", "jerusalem", "johannesburg", "jordan", "juba", "kabul", "kaliningrad", "kampala", "kandahar", "kandy", "kano",
	"kansas", "kansas city", "karachi", "karbala", "kashmir", "katanga", "kathmandu", "kazakhstan", "kazan", "kent", "kentucky", "kenya",
	"kerala", "khan younis", "kharkiv", "khartoum", "kherson", "kiev", "kigali", "kingston", "kinshasa", "kiribati", "kirkuk", "kismayo",
	"kivu", "kobane", "kobani", "kolkata", "kosovo", "krakow", "kuala lumpur", "kunduz", "kurdistan", "kursk", "kuwait", "kuwait city",
	"kyiv", "kyoto", "kyrgyzstan", "la paz", "lagos", "lahore", "lampedusa", "laos", "lapland", "las vegas", "lashkar gah", "latakia",
	"latin america", "latvia", "lausanne", "lebanon", "leeds", "leipzig", "leningrad", "lesbos", "lesotho", "lhasa", "liberia", "libreville",
	"libya", "liechtenstein", "lille", "lilongwe", "lima", "lisbon", "lithuania", "liverpool", "ljubljana", "lombardy", "lome", "london",
	"los angeles", "louisiana", "luanda", "lubumbashi", "lucknow", "luhansk", "lusaka", "luxembourg", "luxor", "lviv", "lyon", "macau",
	"macedonia", "madagascar", "madras", "madrid", "maiduguri", "maine", "majorca", "malaga", "malawi", "malaysia", "maldives", "mali",
	"mallorca", "malmo", "malta", "managua", "manama", "manbij", "manchester", "mandalay", "manhattan", "manila", "manitoba", "maputo",
	"maracaibo", "marib", "mariupol", "marrakech", "marrakesh", "marseille", "marshall islands", "maryland", "maseru", "mashhad",
	"massachusetts", "mauritania", "mauritius", "mazar-i-sharif", "mecca", "medellin", "medina", "mediterranean", "mekelle", "melbourne",
	"memphis", "mendoza", "mexico", "mexico city", "miami", "michigan", "micronesia", "middle east", "milan", "milwaukee", "mindanao",
	"minneapolis", "minnesota", "minsk", "misrata", "mississippi", "missouri", "mogadishu", "moldova", "mombasa", "monaco", "mongolia",
	"monrovia", "montana", "montenegro", "monterrey", "montevideo", "montreal", "morocco", "moscow", "mosul", "mozambique", "mumbai",
	"munich", "murmansk", "muscat", "myanmar", "nablus", "nagasaki", "nagoya", "nairobi", "najaf", "namibia", "nanjing", "nantes", "naples",
	"nashville", "nassau", "natanz", "nauru", "nebraska", "nepal", "netherlands", "nevada", "new delhi", "new hampshire", "new jersey",
	"new mexico", "new orleans", "new south wales", "new york", "new york city", "new zealand", "newark", "newcastle", "newfoundland",
	"niamey", "nicaragua", "nice", "nicosia", "niger", "nigeria", "nineveh", "normandy", "north africa", "north america", "north carolina",
	"north dakota", "north korea", "north macedonia", "north sea", "northern ireland", "norway", "nottingham", "nouakchott", "nova scotia",
	"novosibirsk", "nuremberg", "oakland", "odesa", "odessa", "ohio", "okinawa", "oklahoma", "oman", "ontario", "oran", "oregon", "orlando",
	"osaka", "oslo", "ottawa", "ouagadougou", "oxford", "pacific", "pakistan", "palau", "palermo", "palestine", "palmyra", "panama",
	"panama city", "papua", "papua new guinea", "paraguay", "paramaribo", "paris", "patagonia", "peking", "pennsylvania", "persian gulf",
	"perth", "peru", "peshawar", "philadelphia", "philippines", "phnom penh", "phoenix", "phuket", "piraeus", "pittsburgh", "podgorica",
	"poland", "port harcourt", "port of spain", "port said", "port-au-prince", "portland", "porto", "portugal", "poznan", "prague",
	"pretoria", "pristina", "puerto rico", "pune", "punjab", "puntland", "pusan", "pyongyang", "qamishli", "qatar", "qom", "quebec", "queens",
	"queensland", "quetta", "quito", "rabat", "rafah", "ramadi", "ramallah", "rangoon", "raqqa", "rawalpindi", "recife", "red sea",
	"reykjavik", "rhode island", "riga", "rio de janeiro", "riyadh", "romania", "rome", "rosario", "rostov-on-don", "rotterdam", "russia",
	"rwanda", "sacramento", "sahel", "saigon", "saint lucia", "saint petersburg", "salt lake city", "salvador", "salzburg", "samarra",
	"samoa", "san antonio", "san diego", "san francisco", "san jose", "san marino", "san salvador", "sanaa", "santiago", "santo domingo",
	"sao paulo", "sapporo", "sarajevo", "sardinia", "saskatchewan", "saudi arabia", "saxony", "scotland", "seattle", "senegal", "seoul",
	"serbia", "sevastopol", "seville", "seychelles", "shanghai", "sharjah", "sharm el-sheikh", "sheffield", "shenzhen", "shiraz", "siberia",
	"sicily", "sierra leone", "silicon valley", "simferopol", "sinai", "sinaloa", "sindh", "singapore", "sinjar", "sirte", "skopje",
	"slovakia", "slovenia", "sochi", "sofia", "solomon islands", "somalia", "somaliland", "south africa", "south america", "south asia",
	"south carolina", "south china sea", "south dakota", "south korea", "south sudan", "southeast asia", "soviet union", "soweto", "spain",
	"sri lanka", "srinagar", "st. louis", "st. petersburg", "staten island", "stockholm", "strasbourg", "stuttgart", "sudan", "suez",
	"sumatra", "surabaya", "surinam", "suriname", "suva", "swat", "sweden", "switzerland", "sydney", "syria", "tabriz", "tadmur", "taipei",
	"taiwan", "taiz", "tajikistan", "tallinn", "tampa", "tangier", "tanzania", "tartous", "tartus", "tashkent", "tasmania", "tbilisi",
	"tegucigalpa", "tehran", "tel aviv", "tennessee", "texas", "thailand", "the hague", "thessaloniki", "thimphu", "tianjin", "tibet",
	"tigray", "tijuana", "tikrit", "timbuktu", "timor-leste", "tirana", "tobruk", "togo", "tokyo", "tonga", "toronto", "toulouse",
	"transnistria", "trinidad and tobago", "tripoli", "tunis", "tunisia", "turin", "turkey", "turkmenistan", "turku", "tuscany", "tuvalu",
	"uganda", "ukraine", "ulaanbaatar", "ulan bator", "united arab emirates", "united kingdom", "united states", "uruguay", "urumqi", "utah",
	"utrecht", "uzbekistan", "vaduz", "valencia", "valletta", "valparaiso", "vancouver", "vanuatu", "vatican city", "venezuela", "venice",
	"vermont", "vienna", "vientiane", "vietnam", "vilnius", "virginia", "vladivostok", "volgograd", "wales", "wall street", "warsaw",
	"washington", "washington d.c.", "waziristan", "wellington", "west africa", "west bank", "west germany", "west virginia",
	"western europe", "western sahara", "windhoek", "winnipeg", "wisconsin", "wroclaw", "wuhan", "wyoming", "xi'an", "xinjiang", "yangon",
	"yaounde", "yemen", "yerevan", "yokohama", "yorkshire", "yugoslavia", "zagreb", "zaire", "zambia", "zanzibar", "zaporizhzhia", "zimbabwe",
	"zurich",
};

#define COUNT (sizeof names / sizeof *names)

/* The first name that is not less than the word, by its first eight bytes. */
static uint32_t lower_bound(uint64_t key)
{
	uint32_t from = 0, n = COUNT;
	while (n) {
		uint32_t half = n / 2;
		bool right = __builtin_bswap64(word_load(names[from + half]).low) < key;
		from += right ? half + 1 : 0;
		n = right ? n - half - 1 : half;
	}
	return from;
}

static bool begins(const char *name, struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (name[i] != chars_fold(word.data[i]))
			return false;
	return true;
}

uint32_t gazetteer_first(struct str word, uint32_t *ret_end)
{
	if (!word.len || word.len >= GAZETTEER_BYTES)
		return *ret_end = 0;
	uint32_t first = lower_bound(__builtin_bswap64(word_of(word, 0, word.len < 8 ? word.len : 8).low));
	while (word.len > 8 && first < COUNT && begins(names[first], str_cut(word, 0, 8)) && !begins(names[first], word))
		first++;
	uint32_t end = first;
	/* What may stand behind a word of a name is less than a letter, so that "new york" comes before "newark". */
	while (end < COUNT && begins(names[end], word) && !chars_lower((unsigned char)names[end][word.len]))
		end++;
	*ret_end = end;
	return first;
}

const char *gazetteer_name(uint32_t i)
{
	return names[i];
}

bool gazetteer_has(struct str name)
{
	uint32_t end;
	for (uint32_t i = gazetteer_first(name, &end); i < end; i++)
		if (!names[i][name.len])
			return true;
	return false;
}

/* In byte order. In lower case these words are other things. */
static const char *const firms[] = {
	"aerospace", "airlines", "airways", "alliance", "associates", "automotive", "aviation", "banking", "beverages",
	"biotech", "brands", "brewery", "brothers", "capital", "chemical", "chemicals", "communications", "consulting",
	"corp", "corp.", "energy", "enterprises", "entertainment", "equities", "ferries", "finance", "foods", "games", "gas",
	"gmbh", "healthcare", "holding", "holdings", "inc", "inc.", "industries", "insurance", "investments", "labs",
	"limited", "lines", "logistics", "ltd", "ltd.", "markets", "media", "metals", "mining", "motor", "motors", "mutual",
	"networks", "oil", "partners", "petroleum", "pharma", "pharmaceuticals", "plc", "productions", "properties",
	"railway", "railways", "resources", "retail", "robotics", "rovers", "savings", "securities", "semiconductor",
	"services", "shipping", "software", "solutions", "stores", "studios", "supermarkets", "systems", "technologies",
	"technology", "telecom", "textiles", "tobacco", "trading", "transit", "transport", "united", "ventures", "water",
	"waterworks", "works",
};

bool gazetteer_firm(struct str word)
{
	size_t lo = 0, hi = sizeof(firms) / sizeof(firms[0]);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2, len = strlen(firms[mid]);
		int d = memcmp(firms[mid], word.data, len < word.len ? len : word.len);
		if (d == 0 && len == word.len)
			return true;
		if (d < 0 || (d == 0 && len < word.len))
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

bool gazetteer_check(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (names[i][GAZETTEER_BYTES - 1] || (i && strcmp(names[i - 1], names[i]) >= 0))
			return false;
		for (const char *p = names[i]; *p; p++)
			if (chars_upper((unsigned char)*p) || chars_digit((unsigned char)*p))
				return false;
	}
	for (size_t i = 1; i < sizeof(firms) / sizeof(firms[0]); i++)
		if (strcmp(firms[i - 1], firms[i]) >= 0)
			return false;
	return true;
}
