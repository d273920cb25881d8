/* The table is sorted by bytes; first[] says where each letter begins. lexicon_check() proves both. */
#include "workers/claim/lexicon.h"

#include <string.h>

struct entry {
	const char *word;
	uint64_t classes;
};

/* Short names for the rows of the table only. */
#define DET LEX_DET
#define PRON LEX_PRON
#define OBJPRON LEX_OBJPRON
#define POSSPRON LEX_POSSPRON
#define PERSONAL LEX_PERSONAL
#define PREP LEX_PREP
#define TO LEX_TO
#define COORD LEX_COORD
#define SUBORD LEX_SUBORD
#define REL LEX_REL
#define THAT LEX_THAT
#define BE LEX_BE
#define HAVE LEX_HAVE
#define DO LEX_DO
#define MODAL LEX_MODAL
#define NEG LEX_NEG
#define FINITE LEX_FINITE
#define PRESENT LEX_PRESENT
#define ADV LEX_ADV
#define WEEKDAY LEX_WEEKDAY
#define MONTH LEX_MONTH
#define TIME LEX_TIME
#define NUMWORD LEX_NUMWORD
#define ADJ LEX_ADJ
#define SAY LEX_SAY
#define TELL LEX_TELL
#define THINK LEX_THINK
#define PLAN LEX_PLAN
#define COMMIT LEX_COMMIT
#define URGE LEX_URGE
#define JUDGE LEX_JUDGE
#define ASV LEX_ASV
#define SHOW LEX_SHOW
#define QUOTE LEX_QUOTE
#define HEDGEV LEX_HEDGEV
#define AIR LEX_AIR
#define NCUE LEX_NCUE
#define NPLAN LEX_NPLAN
#define NOF LEX_NOF
#define ADJCUE LEX_ADJCUE
#define ROLE LEX_ROLE
#define GOV LEX_GOV
#define MIL LEX_MIL
#define ORG LEX_ORG
#define MEDIA LEX_MEDIA
#define DOC LEX_DOC
#define GROUPN LEX_GROUPN
#define UNNAMED LEX_UNNAMED
#define COUNTRY LEX_COUNTRY
#define EVAL LEX_EVAL
#define VB (LEX_VERB | LEX_BASE)
#define VD (LEX_VERB | LEX_PAST)
#define VN (LEX_VERB | LEX_PART)
#define VDN (VD | VN)
#define VBD (VB | VD)
#define VBN (VB | VN)
#define VBDN (VB | VDN)
#define W(word, classes) { word, classes },

static const struct entry table[] = {
	W("a", DET) W("abandon", VB) W("abc", MEDIA) W("able", ADJ) W("abolish", VB) W("about", PREP | ADV)
	W("above", PREP) W("absorb", VB) W("absurd", EVAL) W("abuse", VB) W("accept", VB) W("accompany", VB)
	W("accomplish", VB) W("according", PREP) W("accusation", NCUE | NOF) W("accusations", NCUE | NOF)
	W("accuse", VB | JUDGE) W("achieve", VB) W("achievement", EVAL) W("acknowledge", VB | SAY | JUDGE)
	W("acknowledgement", NCUE) W("acknowledgment", NCUE) W("acquire", VB) W("across", PREP) W("act", VB)
	W("acting", ADJ) W("activist", ROLE) W("activists", GROUPN) W("actor", ROLE) W("actress", ROLE) W("adapt", VB)
	W("add", VB | SAY) W("address", VB) W("adjust", VB) W("administer", VB) W("administration", GOV)
	W("administrator", ROLE) W("admiral", ROLE) W("admission", NCUE) W("admit", VB | SAY | JUDGE) W("adopt", VB)
	W("advance", VB) W("advise", VB | SAY | TELL | URGE) W("adviser", ROLE) W("advisor", ROLE) W("affect", VB)
	W("affidavit", DOC) W("affirm", VB | SAY) W("afghanistan", COUNTRY) W("afp", MEDIA) W("afraid", ADJCUE)
	W("after", PREP | SUBORD) W("afternoon", TIME) W("afterward", ADV) W("afterwards", ADV) W("again", ADV)
	W("against", PREP) W("agence", MEDIA) W("agency", ORG) W("agree", VB | SAY | PLAN) W("agreement", DOC)
	W("ahead", PREP | ADV) W("aid", VB) W("aide", ROLE | UNNAMED) W("aides", UNNAMED) W("aim", VB | PLAN)
	W("air", VB | AIR) W("airforce", MIL) W("airline", ORG) W("al-jazeera", MEDIA) W("al-qaeda", GROUPN)
	W("algeria", COUNTRY) W("all", DET) W("allegation", NCUE | NOF) W("allegations", NCUE | NOF)
	W("allege", VB | SAY | JUDGE | HEDGEV) W("allegedly", ADV) W("allied", ADJ) W("allow", VB) W("almost", ADV)
	W("along", PREP) W("alongside", PREP) W("already", ADV) W("also", ADV) W("alter", VB) W("although", SUBORD)
	W("always", ADV) W("am", BE | FINITE | PRESENT) W("ambassador", ROLE) W("ambush", VB) W("america", COUNTRY)
	W("american", ADJ) W("americans", GROUPN) W("amid", PREP) W("amnesty", ORG) W("among", PREP) W("amount", VB)
	W("an", DET) W("analysis", DOC) W("analyst", ROLE | UNNAMED) W("analysts", GROUPN | UNNAMED) W("and", COORD)
	W("ankara", COUNTRY) W("announce", VB | SAY | JUDGE) W("announcement", NCUE | NOF) W("another", DET)
	W("answer", VB | SAY) W("anticipate", VB | THINK) W("any", DET) W("anyone", PRON) W("ap", MEDIA)
	W("apparently", ADV) W("appear", VB) W("applaud", VB | JUDGE) W("apply", VB) W("appoint", VB)
	W("appreciate", VB | JUDGE) W("approach", VB) W("approve", VB) W("apr", MONTH | TIME) W("apr.", MONTH | TIME)
	W("april", MONTH | TIME) W("archbishop", ROLE) W("are", BE | FINITE | PRESENT)
	W("aren't", BE | NEG | FINITE | PRESENT) W("argentina", COUNTRY) W("argue", VB | SAY | SHOW) W("argument", NCUE)
	W("arise", VB) W("arisen", VN) W("arm", VB) W("armed", ADJ) W("armenia", COUNTRY) W("army", MIL) W("arose", VD)
	W("around", PREP) W("arrange", VB) W("arrest", VB) W("arrive", VB) W("article", DOC) W("as", PREP | SUBORD)
	W("ask", VB | SAY | URGE) W("assassinate", VB) W("assault", VB) W("assemble", VB) W("assert", VB | SAY)
	W("assertion", NCUE) W("assertions", NCUE) W("assess", VB) W("assign", VB) W("assist", VB) W("associated", MEDIA)
	W("association", ORG) W("assume", VB | THINK) W("assumption", NCUE) W("assurance", NCUE) W("assurances", NCUE)
	W("assure", VB | SAY | TELL) W("at", PREP) W("ate", VD) W("attach", VB) W("attack", VB) W("attempt", VB)
	W("attend", VB) W("attorney", ROLE) W("attract", VB) W("aug", MONTH | TIME) W("aug.", MONTH | TIME)
	W("august", MONTH | TIME) W("australia", COUNTRY) W("austria", COUNTRY) W("author", ROLE)
	W("authorise", VB | JUDGE) W("authorities", GOV) W("authority", GOV) W("authorize", VB | JUDGE) W("autopsy", DOC)
	W("available", ADJ) W("avoid", VB) W("award", VB) W("aware", ADJCUE) W("away", ADV) W("awful", EVAL)
	W("ayatollah", ROLE) W("azerbaijan", COUNTRY) W("back", VB | ADV | JUDGE) W("bad", ADJ | EVAL)
	W("baghdad", COUNTRY) W("bahrain", COUNTRY) W("ban", VB) W("bank", ORG) W("barbaric", EVAL) W("baroness", ROLE)
	W("base", VB) W("battalion", MIL) W("battle", VB) W("bbc", MEDIA) W("be", BE) W("bear", VB) W("beat", VBD)
	W("beaten", VN) W("became", VD) W("because", SUBORD) W("become", VBN) W("been", BE) W("before", PREP | SUBORD)
	W("beg", VB | URGE) W("began", VD) W("begin", VB) W("begun", VN) W("behave", VB) W("behind", PREP)
	W("beijing", COUNTRY) W("being", BE) W("belgium", COUNTRY) W("belief", NCUE) W("believe", VB | THINK | HEDGEV)
	W("belong", VB) W("below", PREP) W("bend", VB) W("benefit", VB) W("bent", VDN) W("berlin", COUNTRY)
	W("beside", PREP) W("besides", PREP | ADV) W("besiege", VB) W("best", EVAL) W("bet", VBDN) W("between", PREP)
	W("beyond", PREP) W("bid", NPLAN) W("big", ADJ) W("biggest", EVAL) W("bild", MEDIA) W("bill", DOC)
	W("billion", NUMWORD) W("billions", NUMWORD) W("bind", VB) W("biologist", ROLE) W("bishop", ROLE) W("bit", VD)
	W("bite", VB) W("bitten", VN) W("blame", VB | JUDGE) W("blast", VB | JUDGE) W("bled", VDN) W("bleed", VB)
	W("blew", VD) W("block", VB) W("blog", VB | SAY) W("bloomberg", MEDIA) W("blow", VB | EVAL) W("blown", VN)
	W("board", ORG) W("boast", VB | SAY) W("bolster", VB) W("bomb", VB) W("bombard", VB) W("book", DOC) W("boost", VB)
	W("border", VB) W("bore", VD) W("borne", VN) W("both", DET) W("bother", VB) W("bought", VDN) W("bounce", VB)
	W("bound", VDN) W("boy", ROLE) W("brag", VB | SAY) W("brand", VB | ASV) W("brazil", COUNTRY) W("breach", VB)
	W("break", VB) W("breakthrough", EVAL) W("brief", VB | SAY | TELL) W("brigade", ORG) W("bring", VB)
	W("britain", COUNTRY) W("british", ADJ) W("broadcast", VBDN | AIR) W("broadcaster", MEDIA) W("broke", VD)
	W("broken", VN) W("brother", ROLE) W("brought", VDN) W("brussels", COUNTRY) W("brutal", EVAL) W("build", VB)
	W("built", VDN) W("bulgaria", COUNTRY) W("burn", VB) W("burst", VBDN) W("bury", VB) W("but", COORD) W("buy", VB)
	W("by", PREP) W("cabinet", GOV) W("cairo", COUNTRY) W("calculate", VB) W("call", VB | URGE | ASV | NCUE)
	W("calls", NCUE) W("came", VD) W("campaign", VB | ORG) W("can", MODAL | FINITE | PRESENT)
	W("can't", MODAL | NEG | FINITE) W("canada", COUNTRY) W("cancel", VB) W("candidate", ROLE)
	W("cannot", MODAL | NEG | FINITE) W("capt.", ROLE) W("captain", ROLE) W("capture", VB) W("care", VB)
	W("carry", VB) W("cast", VBDN) W("catastrophe", EVAL) W("catch", VB) W("caught", VDN) W("cause", VB)
	W("caution", VB | SAY | TELL) W("cbs", MEDIA) W("cease", VB) W("celebrate", VB) W("census", DOC) W("centcom", MIL)
	W("center", ORG) W("centre", ORG) W("century", TIME) W("ceo", ROLE) W("certain", ADJCUE) W("chairman", ROLE)
	W("chairperson", ROLE) W("chairwoman", ROLE) W("challenge", VB) W("chancellor", ROLE) W("change", VB)
	W("channel", MEDIA) W("chant", VB | SAY) W("characterise", VB | ASV) W("characterize", VB | ASV) W("charge", VB)
	W("charity", ORG) W("chase", VB) W("check", VB) W("chief", ROLE) W("chile", COUNTRY) W("china", COUNTRY)
	W("chinese", ADJ) W("choose", VB) W("chose", VD) W("chosen", VN) W("christian", ADJ) W("church", ORG)
	W("cia", GOV) W("cite", VB | JUDGE | QUOTE) W("citizen", ROLE) W("claim", VB | SAY | JUDGE | NCUE | NOF)
	W("claims", NCUE | NOF) W("clarify", VB | SAY) W("clash", VB) W("clean", VB) W("clear", VB | ADJ)
	W("cleric", ROLE) W("climb", VB) W("climber", ROLE) W("close", VB) W("club", ORG) W("cnn", MEDIA) W("coach", ROLE)
	W("coalition", MIL) W("col.", ROLE) W("collapse", VB) W("colleague", ROLE) W("collect", VB) W("college", ORG)
	W("colombia", COUNTRY) W("colonel", ROLE) W("combat", VB) W("combine", VB) W("come", VBN) W("command", MIL)
	W("commander", ROLE | MIL) W("commend", VB | JUDGE) W("comment", VB | SAY) W("commission", GOV)
	W("commissioner", ROLE) W("commit", VB | COMMIT) W("commitment", NCUE | NPLAN) W("committed", ADJCUE)
	W("committee", ORG) W("communique", DOC) W("communiqué", DOC) W("company", ORG) W("compare", VB) W("compete", VB)
	W("complain", VB | SAY) W("complaint", NCUE | DOC) W("complaints", NCUE) W("complete", VB) W("comprise", VB)
	W("conceal", VB) W("concede", VB | SAY) W("concern", VB | NCUE) W("concerned", ADJCUE) W("concerning", PREP)
	W("concerns", NCUE) W("conclude", VB | SAY | SHOW) W("conclusion", NCUE) W("condemn", VB | JUDGE | ASV)
	W("condemnation", NCUE | NOF) W("condition", NCUE) W("conduct", VB) W("confident", ADJCUE) W("confine", VB)
	W("confirm", VB | SAY | JUDGE) W("confirmation", NCUE) W("conflict", VB) W("confront", VB)
	W("congratulate", VB | JUDGE) W("congress", GOV) W("congressman", ROLE) W("congresswoman", ROLE) W("connect", VB)
	W("conservatives", GROUPN) W("consider", VB | THINK | ASV) W("consist", VB) W("constable", ROLE)
	W("constitute", VB) W("constitution", DOC) W("construct", VB) W("contact", VB) W("contain", VB)
	W("contend", VB | SAY) W("contention", NCUE) W("continue", VB | SAY) W("contract", VB) W("contribute", VB)
	W("control", VB) W("convert", VB) W("convict", VB) W("convinced", ADJCUE) W("cooperate", VB)
	W("coordinator", ROLE) W("cope", VB) W("corp", ORG) W("corp.", ORG) W("corporation", ORG) W("corps", MIL)
	W("correct", VB) W("correspondent", ROLE | UNNAMED) W("cost", VBDN) W("could", MODAL | FINITE)
	W("couldn't", MODAL | NEG | FINITE) W("council", GOV) W("counsel", ROLE) W("count", VB) W("counter", VB | SAY)
	W("couple", NUMWORD) W("court", GOV) W("cover", VB) W("cowardly", EVAL) W("crack", VB) W("crash", VB)
	W("create", VB) W("credit", VB | JUDGE) W("crime", EVAL) W("critic", ROLE) W("critical", ADJCUE)
	W("criticise", VB | JUDGE) W("criticism", NCUE | NOF) W("criticisms", NCUE | NOF) W("criticize", VB | JUDGE)
	W("critics", GROUPN | UNNAMED) W("croatia", COUNTRY) W("cross", VB) W("crucial", EVAL) W("crush", VB)
	W("cry", VB | SAY) W("cuba", COUNTRY) W("current", ADJ) W("cut", VBDN) W("daily", MEDIA) W("damage", VB)
	W("damascus", COUNTRY) W("dangerous", EVAL) W("data", DOC) W("date", VB) W("daughter", ROLE) W("day", TIME)
	W("days", TIME) W("deal", VB) W("dealt", VDN) W("dec", MONTH | TIME) W("dec.", MONTH | TIME) W("decade", TIME)
	W("december", MONTH | TIME) W("decide", VB | PLAN) W("decision", NCUE | NPLAN) W("declaration", NCUE)
	W("declare", VB | SAY) W("decline", VB | PLAN) W("decrease", VB) W("decry", VB | JUDGE) W("deepen", VB)
	W("defeat", VB | EVAL) W("defence-forces", MIL) W("defend", VB | JUDGE) W("delay", VB) W("delhi", COUNTRY)
	W("deliver", VB) W("demand", VB | URGE | JUDGE | NCUE) W("demands", NCUE) W("democratic", ADJ)
	W("democrats", GROUPN) W("demolish", VB) W("demonstrate", VB | SHOW) W("denial", NCUE | NOF) W("denmark", COUNTRY)
	W("denounce", VB | JUDGE | ASV) W("deny", VB | JUDGE) W("depart", VB) W("department", GOV) W("depend", VB)
	W("depict", VB | ASV) W("deplore", VB | JUDGE) W("deploy", VB) W("deport", VB) W("deprive", VB)
	W("deputy", ADJ | ROLE) W("der", MEDIA) W("derail", VB) W("describe", VB | JUDGE | ASV) W("deserve", VB)
	W("desire", NPLAN) W("despite", PREP) W("destroy", VB) W("detain", VB) W("detective", ROLE) W("deteriorate", VB)
	W("determine", VB | SHOW) W("determined", ADJCUE) W("detonate", VB) W("devastate", VB) W("develop", VB)
	W("did", DO | FINITE) W("didn't", DO | NEG | FINITE) W("die", VB) W("differ", VB) W("dig", VB) W("diminish", VB)
	W("diplomat", UNNAMED) W("diplomats", UNNAMED) W("direct", VB) W("director", ROLE) W("disappear", VB)
	W("disappointed", ADJCUE) W("disarm", VB) W("disaster", EVAL) W("disclose", VB | SAY | JUDGE)
	W("discover", VB | SHOW) W("discuss", VB | JUDGE) W("disgrace", EVAL) W("disgraceful", EVAL)
	W("dismiss", VB | JUDGE) W("disperse", VB) W("displace", VB) W("display", VB) W("dispute", VB | JUDGE)
	W("disrupt", VB) W("distribute", VB) W("divide", VB) W("division", MIL) W("do", DO | FINITE | PRESENT)
	W("doctor", ROLE) W("doctors", GROUPN) W("document", DOC) W("documents", DOC) W("does", DO | FINITE | PRESENT)
	W("doesn't", DO | NEG | FINITE | PRESENT) W("doing", DO) W("dominate", VB) W("don't", DO | NEG | FINITE | PRESENT)
	W("donate", VB) W("done", DO) W("double", VB | NUMWORD) W("doubt", VB | THINK | JUDGE | NCUE) W("down", ADV)
	W("downing-street", GOV) W("dozen", NUMWORD) W("dozens", NUMWORD) W("dpa", MEDIA) W("dr", ROLE) W("dr.", ROLE)
	W("draft", VB) W("drag", VB) W("draw", VB) W("drawn", VN) W("dream", VB | THINK) W("drew", VD) W("drift", VB)
	W("drive", VB) W("driven", VN) W("driver", ROLE) W("drop", VB) W("drove", VD) W("drown", VB) W("dub", VB | ASV)
	W("dug", VDN) W("duma", GOV) W("during", PREP) W("dynamite", VB) W("e-mail", DOC) W("each", DET)
	W("eager", ADJCUE) W("earlier", ADV | TIME) W("early", ADV | ADJ) W("earn", VB) W("ease", VB) W("eat", VB)
	W("eaten", VN) W("echo", VB | SAY) W("economic", ADJ) W("economist", ROLE) W("economists", GROUPN)
	W("editor", ROLE) W("egypt", COUNTRY) W("eight", NUMWORD) W("eighteen", NUMWORD) W("eighty", NUMWORD)
	W("elaborate", VB | SAY) W("elect", VB) W("eleven", NUMWORD) W("eliminate", VB) W("else", ADV) W("elsewhere", ADV)
	W("email", VB | SAY | DOC) W("emails", DOC) W("embark", VB) W("embassy", GOV) W("emerge", VB) W("emperor", ROLE)
	W("emphasise", VB | SAY | JUDGE) W("emphasize", VB | SAY | JUDGE) W("employ", VB) W("employee", ROLE)
	W("enable", VB) W("encounter", VB) W("encourage", VB | URGE) W("end", VB) W("endanger", VB)
	W("endorse", VB | JUDGE) W("endure", VB) W("enforce", VB) W("engage", VB) W("engineer", ROLE)
	W("england", COUNTRY) W("enjoy", VB) W("ensure", VB) W("enter", VB) W("entitle", VB) W("envoy", ROLE)
	W("epa", GOV) W("erupt", VB) W("escalate", VB) W("escape", VB) W("essential", EVAL) W("establish", VB | SHOW)
	W("estimate", VB | SAY | JUDGE | SHOW | NCUE | DOC) W("estimates", NCUE | DOC) W("ethiopia", COUNTRY) W("eu", ORG)
	W("european", ADJ) W("evacuate", VB) W("evade", VB) W("even", ADV) W("evening", TIME) W("eventually", ADV)
	W("ever", ADV) W("every", DET) W("everybody", PRON) W("everyone", PRON) W("evict", VB) W("evolve", VB)
	W("exceed", VB) W("excellent", EVAL) W("except", PREP) W("exchange", VB) W("exclude", VB) W("execute", VB)
	W("executive", ROLE) W("exercise", VB) W("exert", VB) W("exist", VB) W("expand", VB)
	W("expect", VB | THINK | PLAN | HEDGEV) W("expectation", NCUE) W("expel", VB) W("experience", VB)
	W("expert", ROLE) W("experts", GROUPN | UNNAMED) W("expire", VB) W("explain", VB | SAY) W("explode", VB)
	W("exploit", VB) W("explore", VB) W("export", VB) W("expose", VB) W("express", VB | JUDGE) W("extend", VB)
	W("extract", VB) W("eyewitness", UNNAMED) W("eyewitnesses", UNNAMED) W("face", VB) W("facilitate", VB)
	W("fail", VB) W("failure", EVAL) W("fall", VB) W("fallen", VN) W("famed", ADJ) W("far", ADV) W("farmer", ROLE)
	W("farmers", GROUPN) W("father", ROLE) W("favor", VB | JUDGE) W("favour", VB | JUDGE) W("fbi", GOV) W("fda", GOV)
	W("fear", VB | THINK | HEDGEV | NCUE | NOF) W("fears", NCUE | NOF) W("feature", VB) W("feb", MONTH | TIME)
	W("feb.", MONTH | TIME) W("february", MONTH | TIME) W("fed", VDN) W("federal", ADJ) W("federation", ORG)
	W("feed", VB) W("feel", VB | THINK) W("fell", VD) W("felt", VDN | THINK) W("few", DET | ADJ) W("fifa", ORG)
	W("fifteen", NUMWORD) W("fifty", NUMWORD) W("fight", VB) W("fighter", ROLE) W("fighters", GROUPN)
	W("figure", VB | THINK) W("figures", DOC) W("filing", DOC) W("fill", VB) W("finally", ADV) W("finance", VB)
	W("find", VB | SHOW) W("finding", NCUE) W("findings", NCUE | DOC) W("finish", VB) W("finland", COUNTRY)
	W("fire", VB) W("firm", ORG) W("first", ADV | ADJ) W("fit", VB) W("five", NUMWORD) W("fix", VB) W("fled", VDN)
	W("flee", VB) W("flew", VD) W("float", VB) W("flood", VB) W("flow", VB) W("flown", VN) W("fly", VB) W("focus", VB)
	W("follow", VB) W("following", PREP) W("foolish", EVAL) W("footage", DOC) W("for", PREP) W("forbade", VD | JUDGE)
	W("forbid", VB | JUDGE) W("forbidden", VN | JUDGE) W("force", VB) W("forces", MIL)
	W("forecast", VBDN | SAY | JUDGE | NCUE) W("foreign", ADJ) W("forge", VB) W("forget", VB | THINK)
	W("forgot", VD | THINK) W("forgotten", VN | THINK) W("form", VB) W("former", ADJ) W("forty", NUMWORD)
	W("forward", VB) W("fought", VDN) W("found", VDN | SHOW) W("foundation", ORG) W("founder", ROLE)
	W("four", NUMWORD) W("fourteen", NUMWORD) W("fox-news", MEDIA) W("france", COUNTRY) W("france-presse", MEDIA)
	W("free", VB) W("freeze", VB) W("french", ADJ) W("fri", WEEKDAY | TIME) W("friday", WEEKDAY | TIME)
	W("friend", ROLE) W("from", PREP) W("frontrunner", ROLE) W("froze", VD) W("frozen", VN) W("fuel", VB)
	W("full", ADJ) W("fund", VB | ORG) W("further", ADV) W("furthermore", ADV) W("gain", VB) W("gather", VB)
	W("gave", VD) W("gazette", MEDIA) W("gchq", GOV) W("gen.", ROLE) W("general", ROLE) W("general-command", MIL)
	W("generate", VB) W("georgia", COUNTRY) W("german", ADJ) W("germany", COUNTRY) W("get", VB) W("ghana", COUNTRY)
	W("girl", ROLE) W("give", VB) W("given", VN) W("go", VB) W("gone", VN) W("good", ADJ | EVAL) W("got", VD)
	W("gotten", VN) W("gov.", ROLE) W("govern", VB) W("government", GOV) W("governor", ROLE) W("grab", VB)
	W("grant", VB) W("grateful", ADJCUE) W("great", ADJ | EVAL) W("greatest", EVAL) W("greece", COUNTRY)
	W("greenpeace", ORG) W("grew", VD) W("group", ORG) W("grow", VB) W("grown", VN) W("guarantee", VB | COMMIT)
	W("guard", VB | ROLE | MIL) W("guardian", MEDIA) W("guess", VB | THINK) W("guide", VB) W("haaretz", MEDIA)
	W("had", HAVE | FINITE) W("hadn't", HAVE | NEG | FINITE) W("hail", VB | JUDGE | ASV) W("half", NUMWORD)
	W("halt", VB) W("hamas", GROUPN) W("hamper", VB) W("hand", VB) W("handle", VB) W("hang", VB) W("happen", VB)
	W("harm", VB) W("has", HAVE | FINITE | PRESENT) W("hasn't", HAVE | NEG | FINITE | PRESENT) W("hate", VB | JUDGE)
	W("have", VB | HAVE | FINITE | PRESENT) W("haven't", HAVE | NEG | FINITE | PRESENT) W("having", HAVE)
	W("he", PRON | PERSONAL) W("head", VB | ROLE) W("heal", VB) W("hear", VB | THINK) W("heard", VDN | THINK)
	W("heaviest", EVAL) W("heavy", ADJ) W("held", VDN | SHOW) W("help", VB) W("hence", ADV)
	W("her", OBJPRON | POSSPRON) W("herald", MEDIA) W("here", ADV) W("heroic", EVAL) W("herself", OBJPRON)
	W("hezbollah", GROUPN) W("hid", VD) W("hidden", VN) W("hide", VB) W("high", ADJ) W("highlight", VB | SAY | JUDGE)
	W("hijack", VB) W("him", OBJPRON) W("himself", OBJPRON) W("hinder", VB) W("hint", VB | SAY) W("hire", VB)
	W("his", POSSPRON) W("historian", ROLE) W("historians", GROUPN) W("historic", EVAL) W("hit", VBDN)
	W("hold", VB | SHOW) W("home-office", GOV) W("honor", EVAL) W("honour", EVAL) W("hope", VB | THINK | PLAN | NCUE)
	W("hopeful", ADJCUE) W("hopes", NCUE) W("horrible", EVAL) W("hospital", ORG) W("host", VB) W("hour", TIME)
	W("hours", TIME) W("how", REL) W("however", ADV) W("hundred", NUMWORD) W("hundreds", NUMWORD) W("hung", VDN)
	W("hungary", COUNTRY) W("hunt", VB) W("hurt", VBDN) W("husband", ROLE) W("i", PRON | PERSONAL) W("idea", NCUE)
	W("identify", VB | ASV) W("idf", MIL) W("if", SUBORD) W("ignore", VB) W("illegal", EVAL) W("imagine", VB | THINK)
	W("imam", ROLE) W("imf", ORG) W("impact", VB) W("impede", VB) W("implement", VB) W("implore", VB | URGE)
	W("imply", VB | SAY) W("import", VB) W("important", ADJ | EVAL) W("impose", VB) W("impossible", EVAL)
	W("imprison", VB) W("improve", VB) W("in", PREP) W("inc", ORG) W("inc.", ORG) W("include", VB)
	W("including", PREP) W("increase", VB) W("incur", VB) W("indeed", ADV) W("independent", MEDIA) W("india", COUNTRY)
	W("indicate", VB | SHOW) W("indictment", DOC) W("indonesia", COUNTRY) W("infect", VB) W("inflict", VB)
	W("influence", VB) W("inform", VB | SAY | TELL) W("initially", ADV) W("injure", VB) W("inside", PREP)
	W("insider", UNNAMED) W("insiders", UNNAMED) W("insinuation", NCUE) W("insist", VB | SAY) W("insistence", NCUE)
	W("inspector", ROLE) W("inspire", VB) W("install", VB) W("instead", ADV) W("institute", ORG) W("institution", ORG)
	W("instruct", VB | URGE) W("insurgents", GROUPN) W("intend", VB | PLAN) W("intensify", VB)
	W("intention", NCUE | NPLAN) W("interfax", MEDIA) W("interject", VB | SAY) W("international", ADJ)
	W("intervene", VB) W("into", PREP) W("intone", VB | SAY) W("introduce", VB) W("invade", VB) W("invest", VB)
	W("investigate", VB) W("investigators", GROUPN) W("invite", VB | URGE) W("involve", VB) W("iran", COUNTRY)
	W("iranian", ADJ) W("iranians", GROUPN) W("iraq", COUNTRY) W("iraqi", ADJ) W("iraqis", GROUPN)
	W("ireland", COUNTRY) W("irna", MEDIA) W("is", BE | FINITE | PRESENT | GROUPN) W("isil", GROUPN) W("isis", GROUPN)
	W("islamabad", COUNTRY) W("islamic", ADJ) W("isn't", BE | NEG | FINITE | PRESENT) W("isna", MEDIA)
	W("isolate", VB) W("israel", COUNTRY) W("israeli", ADJ) W("israelis", GROUPN) W("issue", VB)
	W("it", PRON | OBJPRON | PERSONAL) W("italy", COUNTRY) W("itar-tass", MEDIA) W("its", POSSPRON)
	W("itself", OBJPRON) W("jail", VB) W("jan", MONTH | TIME) W("jan.", MONTH | TIME) W("january", MONTH | TIME)
	W("japan", COUNTRY) W("jerusalem", COUNTRY) W("jewish", ADJ) W("jihadists", GROUPN) W("join", VB)
	W("joke", VB | SAY) W("jordan", COUNTRY) W("journal", MEDIA) W("journalist", ROLE) W("judge", ROLE)
	W("judiciary", GOV) W("jul", MONTH | TIME) W("jul.", MONTH | TIME) W("july", MONTH | TIME) W("jump", VB)
	W("jun", MONTH | TIME) W("jun.", MONTH | TIME) W("june", MONTH | TIME) W("just", ADV) W("keen", ADJCUE)
	W("keep", VB) W("kenya", COUNTRY) W("kept", VDN) W("key", ADJ | EVAL) W("kick", VB) W("kidnap", VB)
	W("kiev", COUNTRY) W("kill", VB) W("king", ROLE) W("knesset", GOV) W("knew", VD | THINK) W("knock", VB)
	W("know", VB | THINK) W("known", VN | THINK) W("korea", COUNTRY) W("kremlin", GOV) W("kuwait", COUNTRY)
	W("kyiv", COUNTRY) W("kyodo", MEDIA) W("label", VB | ASV) W("lack", VB) W("lady", ROLE) W("laid", VDN)
	W("lain", VN) W("lament", VB | SAY) W("land", VB) W("large", ADJ) W("largest", EVAL) W("last", VB | ADJ)
	W("late", ADV | ADJ) W("later", ADV | TIME) W("laud", VB | JUDGE) W("launch", VB) W("law", DOC)
	W("lawmaker", ROLE) W("lawmakers", GROUPN) W("lawsuit", DOC) W("lawyer", ROLE) W("lay", VBD) W("lead", VB)
	W("leader", ROLE) W("league", ORG) W("lean", VB) W("leap", VB) W("learn", VB | THINK) W("leave", VB)
	W("lebanon", COUNTRY) W("led", VDN) W("left", VDN) W("lend", VB) W("lent", VDN) W("less", ADV) W("lest", SUBORD)
	W("let", VBDN) W("letter", DOC) W("level", VB) W("liberals", GROUPN) W("liberate", VB) W("libya", COUNTRY)
	W("lie", VB) W("lieutenant", ROLE) W("lift", VB) W("like", PREP) W("likely", ADJ) W("limit", VB) W("line", VB)
	W("link", VB) W("live", VB) W("load", VB) W("lobby", VB) W("local", ADJ) W("locals", GROUPN) W("locate", VB)
	W("lock", VB) W("london", COUNTRY) W("long", ADV | ADJ) W("loot", VB) W("lord", ROLE) W("lose", VB) W("lost", VDN)
	W("low", ADJ) W("lower", VB) W("lt.", ROLE) W("ltd", ORG) W("ltd.", ORG) W("made", VDN) W("madrid", COUNTRY)
	W("magazine", MEDIA) W("main", ADJ) W("maintain", VB | SAY) W("maj.", ROLE) W("major", ADJ | ROLE | EVAL)
	W("make", VB) W("malaysia", COUNTRY) W("man", ROLE) W("manage", VB) W("manager", ROLE) W("manifesto", DOC)
	W("many", DET | ADJ | UNNAMED) W("mar", MONTH | TIME) W("mar.", MONTH | TIME) W("march", VB | MONTH | TIME)
	W("marines", MIL) W("mark", VB) W("mass", VB) W("match", VB) W("matter", VB)
	W("may", MODAL | FINITE | PRESENT | MONTH | TIME) W("maybe", ADV) W("mayor", ROLE) W("me", OBJPRON) W("mean", VB)
	W("meant", VDN) W("meanwhile", ADV) W("measure", VB) W("media", MEDIA) W("mediator", ROLE) W("meet", VB)
	W("memo", DOC) W("mention", VB | SAY) W("merge", VB) W("met", VDN) W("mexico", COUNTRY) W("midday", TIME)
	W("midnight", TIME) W("might", MODAL | FINITE) W("milestone", EVAL) W("militants", GROUPN)
	W("military", ADJ | MIL) W("militia", MIL) W("million", NUMWORD) W("millions", NUMWORD) W("minister", ROLE)
	W("ministry", GOV) W("minor", ADJ) W("minus", PREP) W("minutes", TIME) W("mix", VB) W("mobilise", VB)
	W("mobilize", VB) W("mock", VB | JUDGE) W("mon", WEEKDAY | TIME) W("monday", WEEKDAY | TIME) W("monitor", VB)
	W("month", TIME) W("months", TIME) W("more", ADV) W("moreover", ADV) W("morning", TIME) W("morocco", COUNTRY)
	W("moscow", COUNTRY) W("most", DET | ADV) W("mother", ROLE) W("mount", VB) W("mourn", VB | JUDGE) W("move", VB)
	W("mp", ROLE) W("mr", ROLE) W("mr.", ROLE) W("mrs", ROLE) W("mrs.", ROLE) W("ms", ROLE) W("ms.", ROLE)
	W("much", ADV) W("municipality", GOV) W("murder", VB) W("muse", VB | SAY) W("muslim", ADJ)
	W("must", MODAL | FINITE) W("mustn't", MODAL | NEG | FINITE) W("my", POSSPRON) W("name", VB) W("narrow", VB)
	W("nasa", GOV) W("national", ADJ) W("nato", MIL) W("navy", MIL) W("nbc", MEDIA) W("near", VB | PREP)
	W("nearly", ADV) W("necessary", EVAL) W("need", VB) W("negotiate", VB) W("negotiator", ROLE) W("neighbor", ROLE)
	W("neighbour", VB | ROLE) W("neither", NEG) W("netherlands", COUNTRY) W("network", ORG) W("never", NEG | ADV)
	W("nevertheless", ADV) W("new", ADJ) W("news", NCUE | MEDIA) W("newspaper", MEDIA) W("newspapers", MEDIA)
	W("next", ADJ) W("nigeria", COUNTRY) W("night", TIME) W("nine", NUMWORD) W("nineteen", NUMWORD)
	W("ninety", NUMWORD) W("no", DET | NEG) W("noaa", GOV) W("nobody", PRON | NEG) W("nominee", ROLE)
	W("none", PRON | NEG) W("noon", TIME) W("nor", COORD | NEG) W("norway", COUNTRY) W("not", NEG | ADV)
	W("note", VB | SAY | JUDGE | DOC) W("nothing", NEG) W("notice", VB | THINK) W("notify", VB | SAY | TELL)
	W("notion", NCUE) W("nov", MONTH | TIME) W("nov.", MONTH | TIME) W("november", MONTH | TIME) W("novosti", MEDIA)
	W("now", ADV) W("nsa", GOV) W("number", VB) W("nun", ROLE) W("observatory", ORG) W("observe", VB | SAY)
	W("observers", GROUPN | UNNAMED) W("obtain", VB) W("occupy", VB) W("occur", VB) W("oct", MONTH | TIME)
	W("oct.", MONTH | TIME) W("october", MONTH | TIME) W("of", PREP) W("off", PREP | ADV)
	W("offer", VB | PLAN | NCUE | NPLAN) W("office", ORG) W("officer", ROLE) W("official", ROLE | UNNAMED)
	W("officials", GROUPN | UNNAMED) W("often", ADV) W("old", ADJ) W("on", PREP) W("once", SUBORD | ADV)
	W("one", PRON | NUMWORD | UNNAMED) W("only", ADV) W("onto", PREP) W("opec", ORG) W("open", VB) W("operate", VB)
	W("operator", ORG) W("opine", VB | SAY) W("opponents", GROUPN) W("oppose", VB | JUDGE) W("opposed", ADJCUE)
	W("opt", VB | PLAN) W("optimistic", ADJCUE) W("or", COORD) W("order", VB | URGE) W("organisation", ORG)
	W("organise", VB) W("organization", ORG) W("organize", VB) W("originally", ADV) W("originate", VB) W("other", ADJ)
	W("others", UNNAMED) W("otherwise", ADV) W("ought", MODAL) W("our", POSSPRON) W("oust", VB) W("out", ADV)
	W("outline", VB | JUDGE) W("outrageous", EVAL) W("outside", PREP) W("over", PREP | ADV) W("overcame", VD)
	W("overcome", VBN) W("overnight", TIME) W("overran", VD) W("overrun", VBN) W("oversaw", VD) W("oversee", VB)
	W("overseen", VN) W("overthrew", VD) W("overthrow", VB) W("overthrown", VN) W("overturn", VB) W("overwhelm", VB)
	W("owe", VB) W("own", VB | ADJ) W("owner", ROLE) W("pack", VB) W("paid", VDN) W("pakistan", COUNTRY)
	W("palestinians", GROUPN) W("paper", DOC) W("paralyse", VB) W("paris", COUNTRY) W("parliament", GOV)
	W("participate", VB) W("party", ORG) W("pass", VB) W("past", ADJ) W("pathologist", ROLE) W("pay", VB)
	W("penetrate", VB) W("pentagon", GOV | MIL) W("people", GROUPN | UNNAMED) W("per", PREP) W("perceive", VB | ASV)
	W("perform", VB) W("perhaps", ADV) W("persist", VB) W("persuade", VB) W("philippines", COUNTRY)
	W("physicist", ROLE) W("pick", VB) W("pilot", ROLE) W("place", VB) W("plan", VB | PLAN | NCUE | NPLAN)
	W("plans", NCUE | NPLAN) W("plant", VB) W("play", VB) W("player", ROLE) W("pleased", ADJCUE)
	W("pledge", VB | SAY | PLAN | COMMIT | JUDGE | NCUE | NPLAN) W("pledges", NCUE | NPLAN) W("plunge", VB)
	W("plus", PREP) W("point", VB) W("poison", VB) W("poland", COUNTRY) W("police", GOV) W("political", ADJ)
	W("politicians", GROUPN) W("poll", DOC) W("pope", ROLE) W("portray", VB | ASV) W("portugal", COUNTRY)
	W("pose", VB) W("position", VB) W("possess", VB) W("possible", ADJ) W("post", VB | SAY | MEDIA) W("postpone", VB)
	W("pound", VB) W("pour", VB) W("praise", VB | JUDGE) W("predict", VB | SAY | JUDGE) W("prediction", NCUE)
	W("predictions", NCUE) W("prefer", VB | PLAN) W("premier", ROLE) W("prepare", VB) W("present", VB)
	W("preserve", VB) W("presidency", GOV) W("president", ROLE) W("president-elect", ROLE)
	W("press", VB | URGE | MEDIA) W("presume", VB | HEDGEV) W("prevail", VB) W("prevent", VB)
	W("previously", ADV | TIME) W("priest", ROLE) W("prime-minister", ROLE) W("prince", ROLE) W("princess", ROLE)
	W("prioritise", VB | JUDGE) W("prioritize", VB | JUDGE) W("private", ADJ) W("proceed", VB) W("process", VB)
	W("proclaim", VB | SAY) W("produce", VB) W("prof.", ROLE) W("professor", ROLE) W("profit", VB) W("progress", VB)
	W("prohibit", VB) W("prolong", VB) W("promise", VB | SAY | PLAN | COMMIT | JUDGE | NCUE | NPLAN)
	W("promises", NCUE | NPLAN) W("promote", VB) W("prompt", VB) W("proposal", NCUE | NPLAN) W("proposals", NCUE)
	W("propose", VB | PLAN | JUDGE) W("prosecute", VB) W("prosecutor", ROLE) W("prosecutors", GROUPN) W("protect", VB)
	W("protest", VB | SAY) W("protesters", GROUPN) W("protestors", GROUPN) W("proud", ADJCUE) W("prove", VB)
	W("provide", VB) W("provoke", VB) W("public", ADJ) W("publish", VB) W("pull", VB) W("punish", VB)
	W("purchase", VB) W("pursue", VB) W("push", VB) W("put", VBDN) W("pyongyang", COUNTRY) W("qatar", COUNTRY)
	W("quadruple", VB) W("qualify", VB) W("quarter", NUMWORD) W("queen", ROLE) W("question", VB | JUDGE)
	W("quip", VB | SAY) W("quit", VBDN) W("quite", ADV) W("quote", VB | QUOTE) W("rabbi", ROLE) W("race", VB)
	W("radio", MEDIA) W("raid", VB) W("railway", ORG) W("raise", VB) W("rally", VB) W("ran", VD) W("range", VB)
	W("rank", VB) W("rape", VB) W("rather", ADV) W("reach", VB) W("react", VB) W("read", VBDN | SHOW)
	W("ready", ADJCUE) W("reaffirm", VB | SAY | JUDGE) W("realise", VB | THINK) W("realize", VB | THINK)
	W("rebel", ROLE) W("rebels", GROUPN) W("rebuff", VB | JUDGE) W("rebuild", VB) W("rebuilt", VDN)
	W("rebuke", VB | JUDGE) W("recall", VB | SAY) W("recapture", VB) W("receive", VB) W("recent", ADJ)
	W("recently", ADV | TIME) W("recommend", VB | URGE | JUDGE) W("recommendation", NCUE) W("records", DOC)
	W("recount", VB | SAY) W("recover", VB) W("recruit", VB) W("reduce", VB) W("refer", VB) W("referee", ROLE)
	W("reflect", VB) W("reform", VB) W("refrain", VB) W("refusal", NCUE | NPLAN) W("refuse", VB | PLAN)
	W("refute", VB | JUDGE) W("regain", VB) W("regard", VB | ASV) W("regarding", PREP) W("regime", GOV)
	W("regiment", MIL) W("register", VB) W("regret", VB | JUDGE) W("regulate", VB) W("reinforce", VB)
	W("reiterate", VB | SAY | JUDGE) W("reject", VB | JUDGE) W("relate", VB) W("relatives", GROUPN)
	W("release", VB | DOC) W("relieve", VB) W("reluctant", ADJCUE) W("rely", VB) W("remain", VB) W("remark", VB | SAY)
	W("remind", VB | SAY | TELL) W("remove", VB) W("renew", VB) W("reopen", VB) W("rep.", ROLE) W("repair", VB)
	W("repeat", VB | SAY | JUDGE) W("repel", VB) W("replace", VB) W("reply", VB | SAY)
	W("report", VB | SAY | JUDGE | HEDGEV | NCUE | NOF | DOC) W("reportedly", ADV) W("reporter", ROLE | UNNAMED)
	W("reports", NCUE | NOF) W("represent", VB) W("representative", ROLE) W("republic", GOV) W("republican", ADJ)
	W("republicans", GROUPN) W("request", VB | URGE | JUDGE | NCUE) W("require", VB | URGE) W("rescue", VB)
	W("researcher", ROLE) W("researchers", GROUPN) W("resident", ROLE | UNNAMED) W("residents", GROUPN | UNNAMED)
	W("resign", VB) W("resist", VB) W("resolution", DOC) W("resolve", VB) W("respond", VB | SAY) W("rest", VB)
	W("restore", VB) W("restrict", VB) W("result", VB) W("results", DOC) W("resume", VB) W("retain", VB)
	W("retake", VB) W("retaken", VN) W("retire", VB) W("retook", VD) W("retort", VB | SAY) W("retreat", VB)
	W("return", VB) W("reuters", MEDIA) W("reveal", VB | SAY | JUDGE | SHOW) W("reverend", ROLE) W("reverse", VB)
	W("review", DOC) W("revive", VB) W("ria", MEDIA) W("ridden", VN) W("ride", VB) W("ridicule", VB | JUDGE)
	W("ridiculous", EVAL) W("rig", VB) W("right", EVAL) W("rise", VB) W("risen", VN) W("risk", VB)
	W("riyadh", COUNTRY) W("rob", VB) W("rode", VD) W("roll", VB) W("romania", COUNTRY) W("rome", COUNTRY)
	W("rose", VD) W("round", VB) W("ruin", VB) W("rule", VB | SHOW) W("ruling", NCUE | DOC) W("rumor", NCUE | NOF)
	W("rumors", NCUE | NOF) W("rumour", VB | HEDGEV | NCUE | NOF) W("rumours", NCUE | NOF) W("run", VBN) W("rush", VB)
	W("russia", COUNTRY) W("russian", ADJ) W("russians", GROUPN) W("sack", VB) W("said", VDN | SAY | SHOW | HEDGEV)
	W("sail", VB) W("sailor", ROLE) W("salute", VB | JUDGE) W("same", ADJ) W("sana", MEDIA) W("sank", VD)
	W("sat", VDN | WEEKDAY | TIME) W("saturday", WEEKDAY | TIME) W("saudi-arabia", COUNTRY) W("save", VB)
	W("saw", VD | ASV | SHOW) W("say", VB | SAY | SHOW | HEDGEV) W("scandal", EVAL) W("scatter", VB)
	W("sceptical", ADJCUE) W("scholars", GROUPN) W("school", ORG) W("scientist", ROLE) W("scientists", GROUPN)
	W("score", VB) W("scores", NUMWORD) W("scotland", COUNTRY) W("screen", VB | AIR) W("search", VB) W("second", ADJ)
	W("secretary", ROLE) W("secure", VB) W("see", VB | ASV | SHOW) W("seek", VB | PLAN | JUDGE) W("seem", VB)
	W("seen", VN | ASV | SHOW) W("seize", VB) W("sell", VB) W("sen.", ROLE) W("senate", GOV) W("senator", ROLE)
	W("send", VB) W("senior", ADJ) W("sent", VDN) W("seoul", COUNTRY) W("sep", MONTH | TIME) W("sep.", MONTH | TIME)
	W("separate", VB) W("separately", ADV) W("sept", MONTH | TIME) W("sept.", MONTH | TIME)
	W("september", MONTH | TIME) W("serbia", COUNTRY) W("sergeant", ROLE) W("serious", ADJ | EVAL) W("serve", VB)
	W("service", ORG) W("set", VBDN) W("setback", EVAL) W("settle", VB) W("seven", NUMWORD) W("seventeen", NUMWORD)
	W("seventy", NUMWORD) W("sever", VB) W("several", DET | ADJ) W("sgt.", ROLE) W("shake", VB) W("shaken", VN)
	W("shall", MODAL | FINITE) W("shame", EVAL) W("shameful", EVAL) W("shape", VB) W("share", VB)
	W("she", PRON | PERSONAL) W("sheikh", ROLE) W("shell", VB) W("shelter", VB) W("sheriff", ROLE) W("shift", VB)
	W("shook", VD) W("shoot", VB) W("shop", VB) W("short", ADJ) W("shorten", VB) W("shot", VDN)
	W("should", MODAL | FINITE) W("shouldn't", MODAL | NEG | FINITE) W("shout", VB | SAY) W("show", VB | SHOW | AIR)
	W("showed", VD | SHOW | AIR) W("shown", VN | SHOW | AIR) W("shrank", VD) W("shrink", VB) W("shrunk", VN)
	W("shut", VBDN) W("sign", VB) W("signal", VB) W("significant", EVAL) W("since", PREP | SUBORD)
	W("singapore", COUNTRY) W("singer", ROLE) W("sink", VB) W("sir", ROLE) W("sister", ROLE) W("sit", VB)
	W("six", NUMWORD) W("sixteen", NUMWORD) W("sixty", NUMWORD) W("skeptical", ADJCUE) W("skipper", ROLE)
	W("slam", VB | JUDGE) W("slash", VB) W("slid", VDN) W("slide", VB) W("slip", VB) W("slow", VB) W("small", ADJ)
	W("smash", VB) W("smuggle", VB) W("so", ADV) W("soar", VB) W("social", ADJ) W("society", ORG) W("sold", VDN)
	W("soldier", ROLE) W("solve", VB) W("somalia", COUNTRY) W("some", DET | UNNAMED) W("someone", PRON) W("son", ROLE)
	W("soon", ADV) W("sought", VDN | PLAN | JUDGE) W("source", UNNAMED) W("sources", UNNAMED) W("spain", COUNTRY)
	W("spark", VB) W("speak", VB) W("speculate", VB | SAY) W("speculation", NCUE) W("spend", VB) W("spent", VDN)
	W("spiegel", MEDIA) W("split", VBDN) W("spoke", VD) W("spoken", VN) W("spokesman", ROLE) W("spokesperson", ROLE)
	W("spokeswoman", ROLE) W("spread", VBDN) W("spur", VB) W("stage", VB) W("stand", VB) W("start", VB)
	W("starve", VB) W("state", VB | SAY | GOV) W("statement", NCUE | DOC) W("statements", NCUE) W("station", VB)
	W("statistics", DOC) W("stay", VB) W("steal", VB) W("stem", VB) W("step", VB) W("stick", VB) W("still", ADV)
	W("stole", VD) W("stolen", VN) W("stood", VDN) W("stop", VB) W("storm", VB) W("strategic", EVAL)
	W("strategist", ROLE) W("strengthen", VB) W("stress", VB | SAY | JUDGE) W("stretch", VB) W("strike", VB)
	W("strong", ADJ) W("struck", VDN) W("struggle", VB) W("stuck", VDN) W("student", ROLE) W("students", GROUPN)
	W("study", VB | DOC) W("submit", VB) W("succeed", VB) W("success", EVAL) W("such", DET | ADJ) W("sudan", COUNTRY)
	W("sue", VB) W("suffer", VB) W("suggest", VB | SAY | SHOW) W("suggestion", NCUE) W("suggestions", NCUE)
	W("summon", VB | URGE) W("sun", WEEKDAY | TIME) W("sunday", WEEKDAY | TIME) W("sunk", VN)
	W("superintendent", ROLE) W("supplier", ORG) W("supply", VB) W("support", VB | JUDGE) W("supporters", GROUPN)
	W("supportive", ADJCUE) W("sure", ADJCUE) W("surge", VB) W("surrender", VB) W("surround", VB) W("survey", DOC)
	W("survive", VB) W("survivor", ROLE) W("survivors", GROUPN) W("suspect", VB | THINK | HEDGEV) W("suspend", VB)
	W("suspicion", NCUE | NOF) W("suspicions", NCUE | NOF) W("sustain", VB) W("swear", VB | PLAN | COMMIT)
	W("sweden", COUNTRY) W("sweep", VB) W("swept", VDN) W("swing", VB) W("switch", VB) W("switzerland", COUNTRY)
	W("swore", VD | PLAN | COMMIT) W("sworn", VN | PLAN | COMMIT) W("swung", VDN) W("symbolic", EVAL)
	W("sympathetic", ADJCUE) W("syria", COUNTRY) W("syrian", ADJ) W("syrians", GROUPN) W("tackle", VB) W("take", VB)
	W("taken", VN) W("taliban", GROUPN) W("target", VB) W("tass", MEDIA) W("taught", VDN) W("teach", VB)
	W("teacher", ROLE) W("team", ORG) W("tear", VB) W("tehran", COUNTRY) W("telegram", MEDIA) W("telegraph", MEDIA)
	W("television", MEDIA) W("tell", VB | SAY | TELL | URGE) W("ten", NUMWORD) W("tend", VB) W("term", VB | ASV)
	W("terrible", EVAL) W("test", VB) W("testify", VB | SAY) W("thailand", COUNTRY) W("than", PREP)
	W("thank", VB | JUDGE) W("that", REL | THAT) W("the", DET) W("their", POSSPRON) W("them", OBJPRON)
	W("themselves", OBJPRON) W("then", ADV) W("theory", NCUE) W("there", PRON | ADV) W("therefore", ADV)
	W("these", DET) W("they", PRON | PERSONAL) W("think", VB | THINK | HEDGEV) W("third", NUMWORD | ADJ)
	W("thirteen", NUMWORD) W("thirty", NUMWORD) W("this", DET) W("those", DET) W("though", SUBORD | ADV)
	W("thought", VDN | THINK | HEDGEV) W("thousand", NUMWORD) W("thousands", NUMWORD) W("threat", NCUE | NPLAN | NOF)
	W("threaten", VB | PLAN) W("threats", NCUE | NPLAN | NOF) W("three", NUMWORD) W("threw", VD) W("through", PREP)
	W("throughout", PREP) W("throw", VB) W("thrown", VN) W("thu", WEEKDAY | TIME) W("thurs", WEEKDAY | TIME)
	W("thursday", WEEKDAY | TIME) W("thus", ADV) W("tide", EVAL) W("tie", VB) W("tighten", VB) W("times", MEDIA)
	W("to", TO) W("today", ADV | TIME) W("together", ADV) W("tokyo", COUNTRY) W("told", VDN | SAY | TELL | URGE)
	W("tomorrow", ADV | TIME) W("tonight", ADV | TIME) W("too", ADV) W("took", VD) W("top", VB | ADJ) W("topple", VB)
	W("tore", VD) W("torn", VN) W("torture", VB) W("total", VB) W("touch", VB) W("tourist", ROLE) W("toward", PREP)
	W("towards", PREP) W("trace", VB) W("trade", VB) W("traders", GROUPN) W("tragedy", EVAL) W("train", VB)
	W("trainer", ROLE) W("transcript", DOC) W("transfer", VB) W("transform", VB) W("transport", VB) W("trap", VB)
	W("travel", VB) W("treasury", GOV) W("treat", VB) W("treaty", DOC) W("tribune", MEDIA) W("trigger", VB)
	W("trillion", NUMWORD) W("triple", VB | NUMWORD) W("triumph", EVAL) W("troops", MIL) W("trust", ORG) W("try", VB)
	W("tue", WEEKDAY | TIME) W("tues", WEEKDAY | TIME) W("tuesday", WEEKDAY | TIME) W("tumble", VB)
	W("tunisia", COUNTRY) W("turkey", COUNTRY) W("turkish", ADJ) W("turn", VB) W("turning-point", EVAL) W("tv", MEDIA)
	W("tweet", VB | SAY) W("twelve", NUMWORD) W("twenty", NUMWORD) W("twice", ADV) W("twin", NUMWORD)
	W("two", NUMWORD) W("u.e.", ORG) W("u.k.", COUNTRY) W("u.n.", ORG) W("u.s.", COUNTRY) W("uefa", ORG)
	W("uk", COUNTRY) W("ukraine", COUNTRY) W("un", ORG) W("unacceptable", EVAL) W("unaware", ADJCUE) W("uncle", ROLE)
	W("under", PREP) W("undergo", VB) W("undergone", VN) W("underline", VB | SAY) W("undermine", VB)
	W("underscore", VB | SAY) W("understand", VB | THINK) W("understood", VDN | THINK)
	W("undertake", VB | PLAN | COMMIT) W("undertaken", VN | PLAN | COMMIT) W("undertook", VD | PLAN | COMMIT)
	W("underwent", VD) W("unesco", ORG) W("unfair", EVAL) W("unicef", ORG) W("union", ORG) W("unions", GROUPN)
	W("unite", VB) W("united", ADJ) W("university", ORG) W("unless", SUBORD) W("unlike", PREP) W("unlikely", ADJ)
	W("unprecedented", EVAL) W("until", PREP | SUBORD) W("unwilling", ADJCUE) W("up", ADV) W("update", VB)
	W("upgrade", VB) W("upon", PREP) W("urge", VB | URGE) W("us", OBJPRON | COUNTRY) W("usa", COUNTRY) W("use", VB)
	W("vacate", VB) W("vanish", VB) W("venezuela", COUNTRY) W("verdict", NCUE | DOC) W("versus", PREP) W("very", ADV)
	W("via", PREP) W("vice-president", ROLE) W("victim", ROLE) W("victory", EVAL) W("video", DOC)
	W("vietnam", COUNTRY) W("view", VB | ASV | NCUE) W("villagers", GROUPN) W("violate", VB) W("visit", VB)
	W("vital", EVAL) W("voice", VB | JUDGE) W("volunteer", VB | PLAN) W("vote", VB | PLAN) W("voters", GROUPN)
	W("vow", VB | SAY | PLAN | COMMIT | NCUE | NPLAN) W("wage", VB) W("wait", VB) W("wales", COUNTRY) W("walk", VB)
	W("want", VB | PLAN | JUDGE) W("warm", VB) W("warn", VB | SAY | TELL | URGE | JUDGE) W("warning", NCUE | NOF)
	W("warnings", NCUE | NOF) W("was", BE | FINITE) W("wash", VB) W("washington", COUNTRY)
	W("wasn't", BE | NEG | FINITE) W("waste", VB) W("watch", VB) W("watchdog", ORG) W("we", PRON | PERSONAL)
	W("weak", ADJ) W("weaken", VB) W("wear", VB) W("website", MEDIA) W("wed", WEEKDAY | TIME)
	W("wednesday", WEEKDAY | TIME) W("week", TIME) W("weekend", TIME) W("weeks", TIME) W("weigh", VB)
	W("welcome", VB | JUDGE | EVAL) W("well", ADV) W("went", VD) W("were", BE | FINITE)
	W("weren't", BE | NEG | FINITE) W("what", REL) W("when", SUBORD) W("whenever", SUBORD) W("where", REL)
	W("whereas", SUBORD) W("wherever", SUBORD) W("whether", SUBORD) W("which", REL) W("while", SUBORD)
	W("whisper", VB | SAY) W("white-house", GOV) W("who", PRON | REL | ORG) W("whom", REL) W("whose", POSSPRON | REL)
	W("why", REL) W("widen", VB) W("widow", ROLE) W("wife", ROLE) W("wikinews", MEDIA)
	W("will", MODAL | FINITE | PRESENT) W("willing", ADJCUE) W("willingness", NPLAN) W("win", VB) W("wise", EVAL)
	W("wish", VB | PLAN) W("with", PREP) W("withdraw", VB) W("withdrawn", VN) W("withdrew", VD) W("within", PREP)
	W("without", PREP) W("withstand", VB) W("withstood", VDN) W("witness", VB | ROLE | UNNAMED)
	W("witnesses", GROUPN | UNNAMED) W("woman", ROLE) W("won", VDN) W("won't", MODAL | NEG | FINITE)
	W("wonder", VB | THINK) W("wonderful", EVAL) W("word", NCUE) W("wore", VD) W("work", VB) W("worker", ROLE)
	W("workers", GROUPN) W("worn", VN) W("worried", ADJCUE) W("worry", VB | THINK) W("worsen", VB) W("worst", EVAL)
	W("would", MODAL | FINITE) W("wouldn't", MODAL | NEG | FINITE) W("wound", VB) W("wreck", VB) W("write", VB | SAY)
	W("writer", ROLE) W("written", VN | SAY) W("wrong", EVAL) W("wrote", VD | SAY) W("xinhua", MEDIA) W("year", TIME)
	W("years", TIME) W("yell", VB | SAY) W("yemen", COUNTRY) W("yesterday", ADV | TIME) W("yet", COORD | ADV)
	W("yield", VB) W("you", PRON | OBJPRON) W("your", POSSPRON)
};

static const uint16_t first[27] = {
	0, 185, 297, 482, 612, 713, 818, 860, 932, 1027, 1050, 1070, 1136, 1222,
	1274, 1342, 1459, 1469, 1614, 1842, 1963, 2008, 2030, 2121, 2122, 2131, 2131
};

static uint64_t exact(const char *word, size_t len)
{
	if (len == 0 || word[0] < 'a' || word[0] > 'z')
		return 0;
	size_t lo = first[word[0] - 'a'], hi = first[word[0] - 'a' + 1];
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strncmp(table[mid].word, word, len);
		if (c == 0 && table[mid].word[len] == '\0')
			return table[mid].classes;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

#define LONGEST 24 /* no word of the table is longer */

/* The verb whose regular form word is: word without its last cut letters, then with `with` behind it. */
static uint64_t base_of(const char *word, size_t len, size_t cut, const char *with)
{
	char base[LONGEST + 4];
	size_t n = len - cut;
	memcpy(base, word, n);
	size_t w = strlen(with);
	memcpy(base + n, with, w);
	uint64_t classes = exact(base, n + w);
	return classes & LEX_BASE ? classes : 0;
}

/* What a verb passes on to its forms. */
#define INHERITED                                                                                                    \
	(LEX_VERB | LEX_SAY | LEX_TELL | LEX_THINK | LEX_PLAN | LEX_COMMIT | LEX_URGE | LEX_JUDGE | LEX_ASV | LEX_SHOW | \
	 LEX_QUOTE | LEX_HEDGEV | LEX_AIR)

static bool ends(const char *word, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);
	return len > n && memcmp(word + len - n, suffix, n) == 0;
}

/* suffix_len letters ("ed", "ing") fell away: stop-p-ed, declar-ed, report-ed. */
static uint64_t of_suffix(const char *word, size_t len, size_t suffix_len)
{
	size_t n = len - suffix_len;
	if (n < 2)
		return 0;
	uint64_t c = base_of(word, len, suffix_len, "");
	if (!c)
		c = base_of(word, len, suffix_len, "e");
	if (!c && word[n - 1] == word[n - 2])
		c = base_of(word, len, suffix_len + 1, "");
	return c;
}

static uint64_t regular(const char *word, size_t len)
{
	uint64_t c = 0;
	if (ends(word, len, "ing")) {
		c = of_suffix(word, len, 3);
		return c ? (c & INHERITED) | LEX_ING : 0;
	}
	if (ends(word, len, "ed")) {
		c = ends(word, len, "ied") ? base_of(word, len, 3, "y") : 0;
		if (!c)
			c = of_suffix(word, len, 2);
		return c ? (c & INHERITED) | LEX_PAST | LEX_PART : 0;
	}
	if (!ends(word, len, "s") || ends(word, len, "ss"))
		return 0;
	c = base_of(word, len, 1, "");
	if (!c && ends(word, len, "ies"))
		c = base_of(word, len, 3, "y");
	if (!c && ends(word, len, "es"))
		c = base_of(word, len, 2, "");
	return c ? (c & INHERITED) | LEX_THIRD : 0;
}

uint64_t lexicon_find(struct str lower)
{
	if (lower.len == 0 || lower.len > LONGEST)
		return 0;
	uint64_t c = exact(lower.data, lower.len);
	/* "does", "during", "united" have their own rows; a verb's form does not hide behind a noun's ("reports"). */
	if (!(c & (LEX_FINITE | LEX_PREP | LEX_ADV | LEX_ADJ | LEX_DET | LEX_PAST | LEX_PART)))
		c |= regular(lower.data, lower.len);
	return c;
}

int lexicon_check(void)
{
	size_t n = sizeof(table) / sizeof(table[0]);
	for (size_t i = 0; i < n; i++) {
		const char *w = table[i].word;
		if (strlen(w) > LONGEST || w[0] < 'a' || w[0] > 'z' || (i > 0 && strcmp(table[i - 1].word, w) >= 0))
			return -1;
		if (i < first[w[0] - 'a'] || i >= first[w[0] - 'a' + 1])
			return -1;
	}
	return first[26] == n ? 0 : -1;
}
